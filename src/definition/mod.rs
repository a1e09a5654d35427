//! The instrument: a survey as its author wrote it, parsed into a value that cannot be wrong in the ways the checker knows.

pub mod codebook;
pub mod consensus;
pub mod diff;
pub mod json_schema;
pub mod language;
pub mod routing;
pub mod rule;

pub mod pipe;

mod check;
mod frame;
mod parse;
mod plain;
mod reach;
mod round;

pub use parse::{Parsed, SURVEY, parse};
pub use plain::plain;
pub use round::{PanelRule, Round, Side, Statement};

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Place;
use crate::item::options::{Choice, ItemRow, Names};
use crate::item::{Head, Ideas, Item, Kind, Measure, Scale};
use consensus::DecisionRule;
use rule::{Rule, ValueType};

/// A checked survey definition.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Stable id.
    pub id: String,
    /// Version number as the author counts; publishing counts for itself.
    pub version: u32,
    /// What the consultation is called.
    pub title: String,
    /// Language of the texts, as a BCP 47 tag.
    pub language: String,
    /// The survey's own language, where these are its texts in another.
    pub translated_from: Option<String>,
    /// What the start page says.
    pub introduction: Introduction,
    /// When answers are taken; always, until closed, if not said.
    pub window: Option<Window>,
    /// What is promised about the answers.
    pub privacy: Privacy,
    /// What its accessibility statement says, where it has one of its own.
    pub accessibility: Option<Accessibility>,
    /// What those who answered may see of everyone's answers.
    pub results: Results,
    /// Who may answer.
    pub access: Access,
    /// The option lists and the interventions as rows.
    pub names: Names,
    /// The candidate interventions.
    pub interventions: Vec<Intervention>,
    /// Whom the consultation is meant to reach.
    pub population: Option<Population>,
    /// The pre-registered decision rule.
    pub consensus: DecisionRule,
    /// Which round of a panel it is, where it is one.
    pub round: Option<Round>,
    /// The pages, in order.
    pub pages: Vec<Page>,
    /// Values computed from the answers, in the order of the definition.
    pub calculated: Vec<Calculated>,
    /// What must hold between answers.
    pub checks: Vec<Check>,
    /// What becomes of answers that were begun and not sent.
    pub unfinished: Unfinished,
    /// True if pages say their number and how many there are, where that is known.
    pub progress: bool,
    /// True if people answer the sections in the order they like, from an overview of them.
    pub overview: bool,
    /// The sections that its pages name, in order.
    pub sections: Vec<Section>,
    /// Ids that were used once and never may be again.
    pub retired: Vec<String>,
    /// Texts in other languages, by language and then by element.
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
}

/// What the start page says, each part in the Markdown subset.
#[derive(Clone, Debug, Default)]
pub struct Introduction {
    /// Who asks.
    pub organisation: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
    /// Whom to ask for help.
    pub contact: Option<String>,
}

/// When answers are taken, as seconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// First second.
    pub opens_at: i64,
    /// First second after.
    pub closes_at: i64,
    /// The closing time in its time zone.
    pub closes: jiff::civil::DateTime,
    /// The time zone's name.
    pub timezone: String,
    /// Minutes after the close in which what was begun before can be finished.
    pub grace_minutes: u32,
}

/// What is promised about the answers.
#[derive(Clone, Debug)]
pub struct Privacy {
    /// The privacy notice, in the Markdown subset.
    pub notice: Option<String>,
    /// Days after its close for which the owner promises to keep the answers; deleting them is the owner's task.
    pub retain_days: u32,
    /// Smallest number of people in a group whose figures are shown.
    pub min_cell: u32,
}

/// What an accessibility statement says besides what the program says of itself; texts in the Markdown subset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accessibility {
    /// Whom to tell of a barrier.
    pub contact: Option<String>,
    /// When the consultation was last tested.
    pub tested_on: Option<jiff::civil::Date>,
    /// What is known not to be accessible.
    pub exceptions: Vec<String>,
}

/// What those who answered may see of everyone's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Results {
    /// When they may.
    pub show: Show,
    /// The fewest responses from which it is made.
    pub min_answers: u32,
}

/// When those who answered may see everyone's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// They may not.
    #[default]
    Never,
    /// As soon as they have answered.
    AfterAnswering,
    /// Once the consultation has closed.
    AfterClose,
}

/// Who may answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Whoever has the address.
    #[default]
    OpenLink,
    /// Whoever has an invitation, once with each.
    Invitation,
    /// Whoever knows a word that all share.
    Passphrase,
    /// Whoever reads mail at an address of one of these domains, once for each address.
    EmailDomain(Vec<String>),
}

impl Access {
    /// As a definition writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OpenLink => "open_link",
            Self::Invitation => "invitation",
            Self::Passphrase => "passphrase",
            Self::EmailDomain(_) => "email_domain",
        }
    }

    /// In plain words.
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::OpenLink => "anyone with the address",
            Self::Invitation => "people with an invitation",
            Self::Passphrase => "people who know the passphrase",
            Self::EmailDomain(_) => "people with an e-mail address at certain domains",
        }
    }
}

/// Something that could be done, rated by the respondents.
#[derive(Clone, Debug, Default)]
pub struct Intervention {
    /// Stable id.
    pub id: String,
    /// What respondents read.
    pub label: String,
    /// Whether it is meant for everyone or for some.
    pub breadth: Option<Breadth>,
    /// Whom a focused intervention is for.
    pub audience: Option<String>,
    /// Words by which answers may speak of it; each alone is a mention.
    pub phrases: Vec<String>,
    /// True if it is counted but no longer judged.
    pub withdrawn: bool,
}

/// Whom an intervention is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Everyone.
    Broad,
    /// A named group.
    Focused,
}

impl Breadth {
    /// As a definition and a report write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Broad => "broad",
            Self::Focused => "focused",
        }
    }
}

/// Whom the consultation is meant to reach.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// Best estimate of its size, in people.
    pub estimate: u64,
    /// Low end of the estimate.
    pub low: u64,
    /// High end of the estimate.
    pub high: u64,
    /// Where the figures come from.
    pub source: String,
    /// Shares by item and option, each item's adding up to 1.
    pub margins: BTreeMap<String, BTreeMap<String, f64>>,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Stable id.
    pub id: String,
    /// Heading; a page with a single item may do without.
    pub title: Option<String>,
    /// Text under the heading, in the Markdown subset.
    pub text: Option<String>,
    /// The name of the section that it belongs to, as the author wrote it.
    pub section: Option<String>,
    /// Who sees the page; everyone if not said.
    pub show_if: Option<Rule>,
    /// Set if the consultation ends here for whoever reaches the page.
    pub end: Option<End>,
    /// Where its answers are kept.
    pub store: Storage,
    /// What it asks.
    pub questions: Vec<Question>,
    /// Where the page stands in the file.
    pub place: Place,
}

/// Some pages that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// By which its pages name it.
    pub name: String,
    /// What respondents read: its name, in the language of the survey.
    pub title: String,
    /// The id of its first page.
    pub page: String,
}

/// How the consultation ends on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The consultation is not for this person.
    ScreenedOut,
    /// Nothing more to ask; the answers can be sent.
    Finished,
}

/// Where a page's answers are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// With the response.
    #[default]
    Response,
    /// Apart from it, with nothing to join the two.
    Contact,
}

impl Page {
    /// The idea wall of the page, if it is one: it stands alone on its page.
    pub fn wall(&self) -> Option<(&Head, &Ideas)> {
        self.questions.iter().find_map(|question| match &question.item.kind {
            Kind::Ideas(ideas) => Some((&question.item.head, ideas)),
            _ => None,
        })
    }
}

/// A value computed from the answers.
#[derive(Clone, Debug)]
pub struct Calculated {
    /// Stable id, unique among the questions' too.
    pub id: String,
    /// What it is, for the codebook.
    pub label: String,
    /// How it is computed.
    pub value: Rule,
    /// What kind of value it is.
    pub kind: ValueType,
    /// The number of pages that come before it is known: those up to the last one that it names.
    pub known_after: usize,
    /// Where it stands in the file.
    pub place: Place,
}

/// What must hold between answers.
#[derive(Clone, Debug)]
pub struct Check {
    /// What must hold.
    pub rule: Rule,
    /// What is said to whoever's answers it does not hold for.
    pub message: String,
    /// True if the person may go on all the same.
    pub may_go_on: bool,
    /// Where it stands in the file.
    pub place: Place,
}

/// What becomes of answers that were begun and not sent, once the consultation closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfinished {
    /// They are deleted.
    #[default]
    Discard,
    /// They become a response in which what was not reached is marked so.
    Keep,
}

/// One item on a page.
#[derive(Clone, Debug)]
pub struct Question {
    /// The item.
    pub item: Item,
    /// Who sees it; everyone who sees the page if not said.
    pub show_if: Option<Rule>,
    /// Who must answer it, where that depends.
    pub required_if: Option<Rule>,
    /// Who is offered an option or sees a field of a repeat, by the name of that part: `OPTION`, `FIELD` or
    /// `FIELD.OPTION`; everyone for parts that are not named.
    pub parts: BTreeMap<String, Rule>,
    /// True if people see it differently: by order, by the parts they are shown or by earlier answers in its texts.
    pub varies: bool,
    /// Whether its options split the respondents into groups.
    pub segment: Option<Segment>,
    /// Where it stands in the file.
    pub place: Place,
}

/// How an item's options serve as respondent groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Differences between the groups are tested.
    Tested,
    /// Groups made from the answers they are compared on: shown, and tested only where that is on the safe side.
    Descriptive,
}

impl Survey {
    /// Every question with its page, in order.
    pub fn questions(&self) -> impl Iterator<Item = (&Page, &Question)> {
        self.pages.iter().flat_map(|page| page.questions.iter().map(move |question| (page, question)))
    }

    /// The questions whose answers belong to the response, contact details and notes left out.
    pub fn answered_questions(&self) -> impl Iterator<Item = &Question> {
        self.questions()
            .filter(|(page, question)| page.store == Storage::Response && question.item.scale() != Scale::None)
            .map(|(_, question)| question)
    }

    /// The number of the page that asks the item called `id`, from 0.
    pub fn page_of(&self, id: &str) -> Option<usize> {
        self.pages.iter().position(|page| page.questions.iter().any(|question| question.item.head.id == id))
    }

    /// The numbers of the pages that a rule names, itself or through calculated values, from 0.
    pub fn pages_named(&self, rule: &Rule) -> BTreeSet<usize> {
        let mut names: Vec<&str> = rule.items();
        // A calculated value names only those that stand before it.
        for calculated in self.calculated.iter().rev() {
            if names.contains(&calculated.id.as_str()) {
                names.extend(calculated.value.items());
            }
        }
        names.into_iter().filter_map(|name| self.page_of(name)).collect()
    }

    /// The item called `id`.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.questions().map(|(_, question)| &question.item).find(|item| item.head.id == id)
    }

    /// The calculated value called `id`.
    pub fn calculated(&self, id: &str) -> Option<&Calculated> {
        self.calculated.iter().find(|calculated| calculated.id == id)
    }

    /// The survey without the pages whose answers are kept apart from the others.
    #[must_use]
    pub fn without_contacts(&self) -> Self {
        let mut survey = self.clone();
        survey.pages.retain(|page| page.store == Storage::Response);
        survey
    }

    /// The section of the page called `id`.
    pub fn section_of(&self, id: &str) -> Option<&Section> {
        let name = self.page(id)?.section.as_ref()?;
        self.sections.iter().find(|section| section.name == *name)
    }

    /// The page called `id`.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The rating whose steps measure support for the interventions, if there is one.
    pub fn support(&self) -> Option<(&Item, &Measure)> {
        self.questions().find_map(|(_, question)| match &question.item.kind {
            Kind::Rate(rate) => rate.measure.as_ref().map(|measure| (&question.item, measure)),
            _ => None,
        })
    }

    /// The number of its round; 0 where it is not asked in rounds.
    pub fn round_number(&self) -> u32 {
        self.round.as_ref().map_or(0, |round| round.number)
    }

    /// The questions whose options split the respondents, with their options.
    pub fn segments(&self) -> impl Iterator<Item = (&Item, Segment, &[Choice])> {
        self.questions().filter_map(|(_, question)| match (question.segment, question.item.scale()) {
            (Some(segment), Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options)) => {
                Some((&question.item, segment, options))
            }
            _ => None,
        })
    }
}

impl From<&Intervention> for ItemRow {
    fn from(intervention: &Intervention) -> Self {
        Self { id: intervention.id.clone(), label: intervention.label.clone() }
    }
}
