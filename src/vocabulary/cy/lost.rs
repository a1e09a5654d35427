//! A way back that is lost, in Welsh.

use crate::vocabulary::Notice;

/// A link to come back leads to no answers.
pub(super) const LINK_GONE: Notice = Notice {
    heading: "Nid yw'r ddolen hon yn arwain at eich atebion",
    what: "Caiff atebion a ddechreuwyd eu cadw am 30 diwrnod ar ôl yr ymweliad diwethaf, ac yna cânt eu dileu. Os buoch yma yn fwy diweddar na hynny, efallai fod rhan o'r ddolen ar goll.",
    next: "Gwiriwch eich bod wedi copïo'r ddolen gyfan, neu nodwch eich cod. Os yw eich atebion wedi mynd, gallwch ddechrau eto.",
};
