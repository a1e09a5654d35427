//! The words of the program itself, as respondents read them: one file a language, none with a word missing.
//!
//! A language is a file such as `cy.rs` that fills [`Words`]: a text that is missing stops the build, and a test
//! compares the places `{…}` of each text between the languages. Pages in a language that has no file of its own are
//! shown with English words, marked as English.

pub mod access;
mod cy;
mod en;
mod mailing;
pub mod round;
mod text;
mod wall;

pub use mailing::{Mail, Mailing};
pub use text::{Phrase, Plural};
pub use wall::Wall;

use jiff::civil::{Date, DateTime};
use serde::Serialize;

/// Everything the program says to a respondent in one language.
#[derive(Debug, Serialize)]
pub struct Words {
    /// The language, as a BCP 47 tag.
    pub language: &'static str,
    /// What templates place as it is.
    pub labels: Labels,
    /// The pages around the questions.
    pub pages: Pages,
    /// Coming back, on this device or another, and what could not be saved.
    pub returning: Returning,
    /// After sending.
    pub after: After,
    /// The overview of the sections.
    pub sections: Sections,
    /// At the door of a consultation that is not open to everyone.
    pub access: access::Access,
    /// Links and copies by e-mail.
    pub mail: Mail,
    /// Mail to those who are invited.
    pub mailing: Mailing,
    /// What everyone answered.
    pub everyone: Everyone,
    /// Being asked again.
    pub rounds: round::Rounds,
    /// What stands beside questions.
    pub form: Form,
    /// What a page says by itself where script runs.
    pub live: Live,
    /// An idea wall.
    pub wall: Wall,
    /// What is wrong with an answer.
    pub faults: Faults,
    /// Days and times.
    pub dates: Dates,
    /// Requests that failed.
    pub problems: Problems,
    /// Pages that inform.
    pub info: Info,
    /// The accessibility statement.
    pub statement: Statement,
}

/// Every language that the program speaks, English first.
pub const ALL: [&Words; 2] = [&en::WORDS, &cy::WORDS];

/// Buttons, headings and sentences that stand in templates.
#[derive(Debug, Serialize)]
pub struct Labels {
    /// The first link of every page, for those who use a keyboard.
    pub skip_link: &'static str,
    /// The link to the page before.
    pub back: &'static str,
    /// Heard before the links in the foot.
    pub support_links: &'static str,
    /// Heading over all faults of a page.
    pub there_is_a_problem: &'static str,
    /// Heard before a fault.
    pub error: &'static str,
    /// Heard before a paragraph that stands out.
    pub information: &'static str,
    /// After a question that may be left.
    pub optional: &'static str,
    /// The button to the next page.
    pub go_on: &'static str,
    /// The button that keeps the answers for another day.
    pub save_for_later: &'static str,
    /// The button on the start page.
    pub start_now: &'static str,
    /// Heading of the page with the link to come back.
    pub saved: &'static str,
    /// What the link is for.
    pub saved_lead: &'static str,
    /// Before the link itself.
    pub your_link: &'static str,
    /// Before the code that does the same.
    pub your_code: &'static str,
    /// Heading over advice about the link.
    pub keep_the_link_safe: &'static str,
    /// How to keep it.
    pub copy_the_link: &'static str,
    /// Why to keep it to oneself.
    pub do_not_share: &'static str,
    /// Saved is not sent; names [`Labels::send`].
    pub saved_is_not_sent: &'static str,
    /// The link on to the questions.
    pub continue_now: &'static str,
    /// Heading of the overview.
    pub check_your_answers: &'static str,
    /// Under that heading; names [`Labels::send`].
    pub check_lead: &'static str,
    /// Where there is no answer in the overview.
    pub not_provided: &'static str,
    /// The link to change an answer.
    pub change: &'static str,
    /// The button that sends the answers, and the heading over it.
    pub send: &'static str,
    /// Before the reference of a receipt.
    pub your_reference: &'static str,
    /// Heading on a receipt.
    pub what_happens_next: &'static str,
    /// Heading over whom to ask.
    pub if_you_need_help: &'static str,
    /// Before the reference of a problem.
    pub quote_this: &'static str,
}

/// Coming back to answers, on this device or another, and what could not be saved.
#[derive(Debug, Serialize)]
pub struct Returning {
    /// Start page: answers were begun in this browser.
    pub begun: &'static str,
    /// The link back into them.
    pub continue_where_you_stopped: &'static str,
    /// Start page: answers were sent from this browser.
    pub sent: &'static str,
    /// The link to the receipt.
    pub see_the_receipt: &'static str,
    /// Start page: heading of what follows.
    pub someone_else: &'static str,
    /// What starting anew does to answers that were begun: `code`.
    pub someone_else_begun: Phrase,
    /// What it does where answers were sent.
    pub someone_else_sent: &'static str,
    /// The button that starts anew.
    pub start_as_someone_else: &'static str,
    /// The link to the page that takes a code.
    pub have_a_code: &'static str,
    /// Heading of that page.
    pub come_back: &'static str,
    /// What is asked there.
    pub code: &'static str,
    /// What a code looks like.
    pub code_hint: &'static str,
    /// Nothing was entered.
    pub code_missing: &'static str,
    /// What was entered is no code.
    pub code_wrong: &'static str,
    /// There are no answers under the code.
    pub code_unknown: &'static str,
    /// Heading over what was typed and could not be saved.
    pub what_you_typed: &'static str,
    /// Under that heading.
    pub not_saved: &'static str,
    /// The button that sends it once more.
    pub send_again: &'static str,
    /// What is asked where the way back to the answers is lost.
    pub code_to_save: &'static str,
    /// Heading over what follows.
    pub shared_device: &'static str,
    /// What to note before the link and the code are taken out of this browser.
    pub note_the_code_first: &'static str,
    /// What to note before the receipt is.
    pub note_the_reference_first: &'static str,
    /// The button that takes them out.
    pub leave: &'static str,
    /// Heading once they are.
    pub left: &'static str,
    /// Under that heading.
    pub left_means: &'static str,
}

/// After sending: the copy, changing, withdrawing.
#[derive(Debug, Serialize)]
pub struct After {
    /// The link to a copy of the answers.
    pub see_a_copy: &'static str,
    /// Heading of the copy.
    pub your_answers: &'static str,
    /// Under that heading: `day`.
    pub sent_on: Phrase,
    /// The link to the copy as a file.
    pub download: &'static str,
    /// Receipt: heading over changing and withdrawing.
    pub change_your_mind: &'static str,
    /// What can be done until when.
    pub until_the_close: &'static str,
    /// The button that opens the answers for changes.
    pub change: &'static str,
    /// The link to the page that withdraws, and its heading.
    pub withdraw: &'static str,
    /// What withdrawing means.
    pub withdraw_means: &'static str,
    /// The button that withdraws.
    pub withdraw_now: &'static str,
    /// The link back from it.
    pub keep: &'static str,
    /// Heading where they are withdrawn.
    pub withdrawn: &'static str,
    /// Under that heading.
    pub withdrawn_means: &'static str,
}

/// What everyone answered, for those who have answered themselves.
#[derive(Debug, Serialize)]
pub struct Everyone {
    /// The link to it, and its heading.
    pub heading: &'static str,
    /// Beside the link.
    pub link_says: &'static str,
    /// When it was made, and from how many: `day`, counted.
    pub made: Plural,
    /// Why it stands still.
    pub stands: &'static str,
    /// Where it is not made yet: from how many it is, counted.
    pub not_yet: Plural,
    /// Where it is made at the close.
    pub at_the_close: &'static str,
    /// People who answered, counted.
    pub answered: Plural,
    /// In place of a figure of few people.
    pub too_few: &'static str,
    /// For, neither, against.
    pub sides: [&'static str; 3],
}

/// Titles, headings and paragraphs of the pages around the questions; longer ones are Markdown.
#[derive(Debug, Serialize)]
pub struct Pages {
    /// Title of a page with faults: `title`.
    pub faulty_title: Phrase,
    /// Heading of one of several parts of a page: `title`, `part`, `parts`.
    pub part: Phrase,
    /// Over the heading of a page, where the number of pages is known: `at`, `all`.
    pub progress: Phrase,
    /// The same where it is nearly known: `at`, `all`.
    pub progress_about: Phrase,
    /// Start page: heading over the organisation.
    pub who_asks: &'static str,
    /// Start page: heading over the minutes.
    pub how_long: &'static str,
    /// Start page: minutes, counted, and that one can come back.
    pub minutes: Plural,
    /// Start page: heading over the rest of a long purpose.
    pub more_about_it: &'static str,
    /// Start page: heading over the closing time.
    pub when_it_closes: &'static str,
    /// Start page: heading of what follows.
    pub can_anyone_tell: &'static str,
    /// Start page: the promise of anonymity.
    pub nobody_can_tell: &'static str,
    /// Start page: heading of what follows.
    pub if_you_do_not_finish: &'static str,
    /// Start page: that unfinished answers count.
    pub unfinished_counts: &'static str,
    /// Start page: heading over the privacy notice.
    pub what_happens_to_answers: &'static str,
    /// Start page: heading over links to it in other languages.
    pub other_languages: &'static str,
    /// Until when the link to come back works: `closes`.
    pub link_expires: Phrase,
    /// What sending means.
    pub declaration: &'static str,
    /// Heading of the receipt.
    pub sent: &'static str,
    /// What happens to the answers, and what the reference is for.
    pub sent_next: &'static str,
    /// Heading of a closing page without one.
    pub thank_you: &'static str,
    /// Under the heading of a closed consultation: `title`.
    pub closed: Phrase,
    /// The link from there.
    pub see_open: &'static str,
}

/// The overview of the sections.
#[derive(Debug, Serialize)]
pub struct Sections {
    /// Its heading.
    pub heading: &'static str,
    /// Under that heading: `done`, `all`.
    pub so_far: Phrase,
    /// The link to it from the pages.
    pub see_all: &'static str,
    /// Of a section: all is done.
    pub completed: &'static str,
    /// Some is.
    pub incomplete: &'static str,
    /// Nothing is.
    pub not_started: &'static str,
    /// Answers of other sections decide what it asks.
    pub cannot_start: &'static str,
}

/// Hints, labels and counts beside questions, and answers in words.
#[derive(Debug, Serialize)]
pub struct Form {
    /// Hint of a question with radios.
    pub select_one: &'static str,
    /// Hint of a question with boxes.
    pub select_all: &'static str,
    /// The same, with a limit: `max`.
    pub select_up_to: Phrase,
    /// The empty line of a list to open.
    pub select_an_option: &'static str,
    /// Between the other options and one that excludes them.
    pub or: &'static str,
    /// Label of the text beside an option: `option`.
    pub say_what: Phrase,
    /// Heading over a box to tick.
    pub your_consent: &'static str,
    /// A ticked box in the overview.
    pub agreed: &'static str,
    /// Below a text box: characters, counted.
    pub up_to_characters: Plural,
    /// In a list of places.
    pub not_ranked: &'static str,
    /// After a box for points.
    pub points: &'static str,
    /// Points given, counted, in the overview.
    pub given_points: Plural,
    /// Before any points are given, counted.
    pub points_to_share: Plural,
    /// The same where they go by steps: `step`.
    pub points_to_share_by_step: Plural,
    /// While points are left: `sum`, `total`, `left`.
    pub points_left: Phrase,
    /// Once there are too many: `sum`, `total`, `over`.
    pub points_over: Phrase,
    /// What an entry is called whose author did not say.
    pub entry: &'static str,
    /// Heading of an entry: `name`, `number`.
    pub numbered: Phrase,
    /// Button for one entry more: `name`.
    pub add_another: Phrase,
    /// Button that takes an entry away: `name`, `number`.
    pub remove: Phrase,
    /// Label of the only box for an idea.
    pub your_idea: &'static str,
    /// Label of one of several: `number`.
    pub your_idea_number: Phrase,
    /// Heading over the votes.
    pub what_of_these_ideas: &'static str,
    /// Votes: for, against, neither.
    pub votes: [&'static str; 3],
    /// A condition that holds, within a sentence.
    pub yes: &'static str,
    /// A condition that does not hold, within a sentence.
    pub no: &'static str,
}

/// What a page says by itself where script runs.
#[derive(Debug, Serialize)]
pub struct Live {
    /// What was typed is kept.
    pub saved: &'static str,
    /// It is not, for the network is away.
    pub offline: &'static str,
    /// It is not, for another reason; names [`Labels::go_on`].
    pub not_saved: &'static str,
    /// Below a text box: characters that may still be typed, counted.
    pub characters_left: Plural,
    /// The same once there are too many, counted.
    pub characters_over: Plural,
    /// The button that moves a row of a ranking up.
    pub up: &'static str,
    /// The button that moves it down.
    pub down: &'static str,
    /// Said of a row that was moved: `name`, `place`, `max`.
    pub ranked: Phrase,
    /// Said of a row that has no place any more: `name`.
    pub unranked: Phrase,
    /// Label of the box over a long list.
    pub search: &'static str,
    /// How many of its options are in sight: `shown`, `all`.
    pub shown: Phrase,
}

/// What is wrong with an answer; `about` is the question.
#[derive(Debug, Serialize)]
pub struct Faults {
    /// Nothing chosen.
    pub not_selected: Phrase,
    /// Nothing written.
    pub not_entered: Phrase,
    /// A box not ticked.
    pub not_agreed: Phrase,
    /// A choice that is not offered.
    pub not_offered: Phrase,
    /// No text beside an `option` that needs one.
    pub other_not_entered: Phrase,
    /// Something is written beside an option that was not chosen.
    pub other_not_chosen: Phrase,
    /// Fewer than `min` choices.
    pub too_few: Phrase,
    /// More than `max` choices.
    pub too_many: Phrase,
    /// More ideas than one person can give.
    pub enough_ideas: Phrase,
    /// More comments than one person can add.
    pub enough_comments: &'static str,
    /// Not said whether an idea is one of those given.
    pub same_not_said: &'static str,
    /// `other` together with `exclusive`.
    pub exclusive: Phrase,
    /// Too many characters; the most is counted.
    pub too_long: Plural,
    /// Too few characters; the least is counted.
    pub too_short: Plural,
    /// Not of the form asked for.
    pub not_the_pattern: Phrase,
    /// Not a multiple of `step`.
    pub not_a_multiple: Phrase,
    /// Not on a step: `from`, `step`.
    pub not_on_step: Phrase,
    /// Before `day`.
    pub too_early: Phrase,
    /// After `day`.
    pub too_late: Phrase,
    /// No entry: `name`.
    pub no_entry: Phrase,
    /// Fewer than `min` entries: `name`.
    pub too_few_entries: Phrase,
    /// Not a number.
    pub not_a_number: Phrase,
    /// Not a whole number.
    pub not_whole: Phrase,
    /// Too many decimal places; the most is counted.
    pub too_precise: Plural,
    /// Below `min`.
    pub below_min: Phrase,
    /// Above `max`.
    pub above_max: Phrase,
    /// A date without `parts`.
    pub date_incomplete: Phrase,
    /// No such day.
    pub not_a_date: Phrase,
    /// Not an e-mail address.
    pub not_an_email: &'static str,
    /// Two in one `place`: the row and the `other`.
    pub same_rank: Phrase,
    /// Nothing in a `place`.
    pub rank_gap: Phrase,
    /// Fewer than `min` rated.
    pub too_few_rated: Phrase,
    /// Points above `total`: `sum`, `over`.
    pub points_over: Phrase,
    /// Points below `total`: `sum`, `left`.
    pub points_under: Phrase,
    /// Points not a multiple of `step`: `example`.
    pub not_a_step: Phrase,
    /// A caution, `message`, after which one may go on.
    pub if_it_is_right: Phrase,
}

/// Days and times.
#[derive(Debug, Serialize)]
pub struct Dates {
    /// The months from January, as they stand in a date.
    pub months: [&'static str; 12],
    /// A date: `day`, `month`, `year`.
    pub date: Phrase,
    /// A moment: `date`, `time`, `zone`.
    pub moment: Phrase,
    /// Labels of the three parts: day, month, year.
    pub labels: [&'static str; 3],
    /// The parts within a sentence: a day, a month, a year.
    pub parts: [&'static str; 3],
    /// Two of them: `first`, `last`.
    pub and: Phrase,
}

/// A page that says what went wrong.
#[derive(Debug, Serialize)]
pub struct Notice {
    /// Its heading.
    pub heading: &'static str,
    /// What happened, as a sentence.
    pub what: &'static str,
    /// What to do, as a sentence.
    pub next: &'static str,
}

/// Requests that failed.
#[derive(Debug, Serialize)]
pub struct Problems {
    /// The link on such a page.
    pub go_to_start: &'static str,
    /// No such page.
    pub not_found: Notice,
    /// An address used in another way than it can be.
    pub wrong_method: Notice,
    /// A form that did not come from our page.
    pub forged: Notice,
    /// A mistake of ours.
    pub internal: Notice,
    /// The database is busy or away.
    pub busy: Notice,
    /// The consultation is over; its heading is also that of the page of a closed consultation.
    pub closed: Notice,
    /// It has not begun.
    pub not_open_yet: Notice,
    /// There are no answers under this secret.
    pub no_draft: Notice,
    /// A link to come back leads to no answers.
    pub link_gone: Notice,
    /// They were sent before.
    pub already_sent: Notice,
    /// Some are still missing.
    pub incomplete: Notice,
    /// A form that is too large.
    pub form_too_large: Notice,
    /// Something that is no form of ours.
    pub no_form: Notice,
}

/// Pages that inform, in Markdown, and the links to them.
#[derive(Debug, Serialize)]
pub struct Info {
    /// The link in the foot to whom to ask, and the heading.
    pub help: &'static str,
    /// Where nobody is named.
    pub no_contact: &'static str,
    /// The link in the foot, and the heading of the page.
    pub accessibility_statement: &'static str,
    /// The link in the foot, and the heading.
    pub cookies: &'static str,
    /// The page.
    pub cookies_text: &'static str,
    /// The link in the foot, and the heading.
    pub privacy: &'static str,
    /// Where the consultation has no privacy notice.
    pub no_privacy_notice: &'static str,
    /// Heading over what is open.
    pub open_consultations: &'static str,
    /// Where nothing is.
    pub none_open: &'static str,
}

/// The accessibility statement, in Markdown.
#[derive(Debug, Serialize)]
pub struct Statement {
    /// Before all of it, where the consultation has none of its own.
    pub none: &'static str,
    /// What the program is made to meet.
    pub made: &'static str,
    /// Heading over what is not accessible.
    pub how_accessible: &'static str,
    /// Where nothing is known to be so.
    pub no_exceptions: &'static str,
    /// Before the list of what is.
    pub exceptions: &'static str,
    /// Heading over the tests.
    pub how_tested: &'static str,
    /// How the program is tested.
    pub tested: &'static str,
    /// When the consultation was: `day`.
    pub tested_on: Phrase,
    /// Where nobody said that it was.
    pub not_tested: &'static str,
    /// Heading over whom to tell.
    pub does_not_work: &'static str,
    /// Where nobody is named.
    pub tell_us: &'static str,
}

impl Words {
    /// The words for a page in a language, given as a BCP 47 tag; English where the program has none of it.
    pub fn of(tag: &str) -> &'static Self {
        ALL.into_iter().find(|words| words.speak(tag)).unwrap_or(&en::WORDS)
    }

    /// True if these words are of that language, whatever the region.
    pub fn speak(&self, tag: &str) -> bool {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        primary.eq_ignore_ascii_case(self.language)
    }

    /// The language of these words, where a page in that language must mark them as of another.
    pub fn stranger_to(&self, tag: &str) -> Option<&'static str> {
        (!self.speak(tag)).then_some(self.language)
    }

    /// A day in words.
    ///
    /// ```
    /// use canvass::vocabulary::Words;
    /// let day = jiff::civil::date(2026, 3, 2);
    /// assert_eq!(Words::of("en-GB").day(day), "2 March 2026");
    /// assert_eq!(Words::of("cy").day(day), "2 Mawrth 2026");
    /// ```
    pub fn day(&self, day: Date) -> String {
        let month = usize::try_from(day.month() - 1).ok().and_then(|month| self.dates.months.get(month));
        self.dates.date.with(&[("day", &day.day()), ("month", month.unwrap_or(&"")), ("year", &day.year())])
    }

    /// A moment in words, with the name of its time zone.
    pub fn moment(&self, moment: DateTime, zone: &str) -> String {
        let time = moment.strftime("%H:%M").to_string();
        self.dates.moment.with(&[("date", &self.day(moment.date())), ("time", &time), ("zone", &zone)])
    }
}

/// A month written as 1 to 12, as its name in any language of the program, or as the name's first three letters or more.
///
/// ```
/// use canvass::vocabulary::month;
/// assert_eq!([month("02"), month("Feb"), month("Chwefror"), month("chwef"), month("fe")],
///     [Some(2), Some(2), Some(2), Some(2), None]);
/// ```
pub fn month(written: &str) -> Option<i8> {
    if let Ok(number) = written.parse() {
        return Some(number);
    }
    let begun = written.to_lowercase();
    let named = |words: &Words| {
        let found = words.dates.months.iter().position(|month| month.to_lowercase().starts_with(&begun))?;
        i8::try_from(found + 1).ok()
    };
    if begun.chars().count() < 3 { None } else { ALL.into_iter().find_map(named) }
}

#[cfg(test)]
mod tests;
