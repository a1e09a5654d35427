//! An idea wall in Welsh.

use crate::vocabulary::Phrase;
use crate::vocabulary::text::welsh;
use crate::vocabulary::wall::Wall;

/// The words.
pub(super) const WALL: Wall = Wall {
    own_title: "eich syniad",
    others_title: "syniadau pobl eraill",
    votes_title: "eich pleidleisiau",
    own_first: "Yn gyntaf, beth yw eich barn chi? Ysgrifennwch eich syniad eich hun cyn gweld rhai pobl eraill. Os nad oes gennych un, gadewch y blwch yn wag ac ewch ymlaen.",
    own_more: "Ysgrifennwch syniad arall, neu gadewch y blwch yn wag ac ewch ymlaen.",
    your_idea: "Eich syniad",
    staff_look_first: "Bydd staff y rhaglen yn edrych arno yn gyntaf. Wedyn bydd pawb sy'n cymryd rhan yn ei weld, heb eich enw, hyd yn oed os na fyddwch yn anfon eich atebion. Peidiwch ag ysgrifennu unrhyw beth a allai ddatgelu pwy ydych chi neu rywun arall.",
    seen_at_once: "Bydd pawb sy'n cymryd rhan yn ei weld ar unwaith, heb eich enw, hyd yn oed os na fyddwch yn anfon eich atebion. Peidiwch ag ysgrifennu unrhyw beth a allai ddatgelu pwy ydych chi neu rywun arall.",
    like_yours: "Mae eraill wedi dweud rhywbeth tebyg. Ai un o'r rhain sydd gennych mewn golwg?",
    counts_as_agreeing: "Os felly, mae hyn yn cyfrif fel cytuno ag ef.",
    same_as: Phrase("Ie: {idea}"),
    mine_is_new: "Na, mae fy un i'n wahanol: ychwanegwch ef",
    has_details: "Mae'n ymddangos bod hyn yn cynnwys cyfeiriad, rhif ffôn neu rywbeth arall a allai ddatgelu pwy yw rhywun. Gall pawb sy'n cymryd rhan ei ddarllen. Newidiwch ef, neu ewch ymlaen os nad yw'n datgelu neb.",
    what_of_these: "Beth yw eich barn am y syniadau hyn?",
    pass_if_unsure: "Syniadau'r bobl sy'n gofyn ac eraill sy'n cymryd rhan yw'r rhain. Dewiswch basio os nad ydych yn siŵr.",
    all_voted: "Rydych wedi rhoi eich barn ar bob syniad sydd yma hyd yn hyn.",
    none_yet: "Nid oes syniadau gan bobl eraill i'w gweld eto.",
    more: "Cadw a gweld rhagor o syniadau",
    add_idea: "Ychwanegu eich syniad eich hun",
    see_votes: "Gweld neu newid eich pleidleisiau",
    your_votes: "Eich pleidleisiau",
    back_to_ideas: "Cadw a mynd yn ôl at y syniadau",
    your_ideas: "Eich syniadau",
    waiting: "Nid yw staff wedi edrych arno eto.",
    shown: "Gall eraill ei weld.",
    hidden: Phrase("Mae staff wedi ei guddio, am y rheswm hwn: {reason}"),
    merged: Phrase(
        "Mae staff wedi ei roi gyda syniad sy'n dweud yr un peth: “{idea}”. Mae pleidleisiau ar y ddau yn cyfrif.",
    ),
    comments: welsh("Gweld {n} sylw"),
    comment_on_it: "Rhoi sylw arno",
    about: Phrase("am “{idea}”"),
    comments_heading: "Sylwadau",
    no_comments: "Nid oes neb wedi rhoi sylw arno eto.",
    your_comment: "Eich sylw",
    add_comment: "Ychwanegu eich sylw",
    by_you: "Gennych chi.",
    you_gave: welsh("{n} syniad o'ch eiddo"),
    you_voted: welsh("Eich pleidleisiau ar {n} syniad gan bobl eraill"),
};
