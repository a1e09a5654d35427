//! What the pages of a respondent place: finished strings only.
//!
//! Templates: `respond/start page overview saved check receipt ended closed problem` and `info`.

use serde::Serialize;

use crate::render::html::Html;
use crate::render::input::Input;
use crate::render::item::Item;
use crate::render::theme::Brand;
use crate::render::wall::Given;
use crate::vocabulary::Labels;

/// What every page has around its content.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    /// Language of the page, as a BCP 47 tag.
    pub lang: String,
    /// `rtl` on pages that are read from right to left.
    pub dir: Option<&'static str>,
    /// The program's own words on it.
    pub words: &'static Labels,
    /// The language of these words, where it is not the page's.
    pub words_lang: Option<&'static str>,
    /// The way these words are read, where it is not the page's.
    pub words_dir: Option<&'static str>,
    /// The document's title: see [`title`].
    pub title: String,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the theme's style sheet.
    pub theme_css: Option<String>,
    /// Address of the script.
    pub js: String,
    /// Address of the script that the pages of staff have besides.
    pub staff_js: Option<String>,
    /// Whose pages these are, by the theme.
    pub brand: Option<Brand>,
    /// Name in the page's head: the survey's title, or the service's.
    pub service: String,
    /// Where that name leads, if anywhere.
    pub service_href: Option<String>,
    /// Where the back link leads, if there is one.
    pub back: Option<String>,
    /// A caution over the whole page: a preview, a test whose answers do not count.
    pub notice: Option<String>,
    /// Who is signed in, on staff pages.
    pub account: Option<Account>,
    /// Links in the foot: help, accessibility, privacy, cookies; the same and in the same order on every page.
    pub footer: Vec<Link>,
    /// Who runs the consultation, in the foot.
    pub owner: Option<String>,
}

/// The document's title: `heading – survey`.
///
/// ```
/// use canvass::render::page::title;
/// assert_eq!(title("Your role", "Digital ready"), "Your role – Digital ready");
/// ```
pub fn title(heading: &str, survey: &str) -> String {
    if heading == survey { heading.to_string() } else { format!("{heading} – {survey}") }
}

/// A signed-in member of staff.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// Their name.
    pub name: String,
    /// Where they look after what they sign in with, if they have an account.
    pub href: Option<&'static str>,
    /// Where the sign-out form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: String,
}

/// The first page of a survey; template `respond/start`.
#[derive(Clone, Debug, Serialize)]
pub struct Start {
    /// Around the content.
    pub shell: Shell,
    /// The survey's title: heading 1.
    pub heading: String,
    /// Why it is asked, as far as it is brief, by [`crate::render::markdown::page_block`].
    pub purpose: Html,
    /// What to know at a glance, over the start button: who asks, how long it takes.
    pub brief: Vec<Fact>,
    /// What else to know before starting, each under a heading: the rest of the purpose, until when, what happens to
    /// the answers, whether anyone can tell whose they are.
    pub facts: Vec<Fact>,
    /// True where that is so long that the start button stands once more after it.
    pub is_long: bool,
    /// The same page in other languages, below this heading.
    pub languages: Vec<Language>,
    /// The heading over them.
    pub other_languages: &'static str,
    /// The page's address, to which they are added.
    pub address: String,
    /// Where the start button posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// What was begun or sent in this browser before, if anything.
    pub before: Option<Before>,
    /// Where someone who has a code comes back.
    pub code: Link,
    /// What lets people in, in the place of the start button, for those who are not let in yet.
    pub door: Option<Door>,
    /// What is wrong with what was entered there.
    pub errors: Vec<Link>,
}

/// What lets people in on the first page.
#[derive(Clone, Debug, Serialize)]
pub struct Door {
    /// The heading over it.
    pub heading: &'static str,
    /// What to do, as a sentence.
    pub says: &'static str,
    /// What is entered.
    pub field: Input,
    /// Where it is posted to.
    pub action: String,
}

/// Why someone cannot send yet.
#[derive(Clone, Debug, Serialize)]
pub struct Barred {
    /// The heading over it.
    pub heading: &'static str,
    /// What to do, as a sentence.
    pub says: &'static str,
    /// Where that is done.
    pub link: Link,
}

/// What was begun or sent in a browser before its owner, or someone else, comes to the start page.
#[derive(Clone, Debug, Serialize)]
pub struct Before {
    /// What it is, as a sentence.
    pub says: &'static str,
    /// Where it goes on.
    pub link: Link,
    /// Heading over starting anew.
    pub someone_else: &'static str,
    /// What starting anew does, as a sentence.
    pub warning: String,
    /// The button that starts anew.
    pub start: &'static str,
}

/// Something to know before starting.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// Its heading.
    pub term: String,
    /// Its text.
    pub body: Html,
    /// True if the text is the program's own, and not its author's.
    pub ours: bool,
}

/// A page of questions; template `respond/page`.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1; none where the page's only item is its heading.
    pub heading: Option<Html>,
    /// "Page 3 of 12" or "Page 3 of about 12", where that is known.
    pub progress: Option<String>,
    /// Text over the items.
    pub intro: Option<Html>,
    /// Faults, in the order of the page.
    pub errors: Vec<Link>,
    /// What is asked.
    pub items: Vec<Item>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The version of the survey that the page is made from.
    pub version: i32,
    /// The name of this making of the page, by which copies of what is posted from it are known.
    pub making: String,
    /// Where the script keeps what is being typed.
    pub keep: String,
    /// What the script says, by [`crate::render::live::spoken`].
    pub spoken: String,
    /// Languages to which the person can change without losing what is typed.
    pub languages: Vec<Language>,
    /// The overview of the sections, where there is one.
    pub overview: Option<Link>,
    /// True where answers can be kept for later.
    pub can_save: bool,
    /// Numbers of the warnings shown, which continuing confirms.
    pub confirm: Vec<usize>,
    /// True if there are buttons that do not continue, so that Enter needs one before them that does.
    pub has_actions: bool,
}

/// The sections of a survey; template `respond/overview`.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// How many are completed, as a sentence.
    pub says: String,
    /// The sections, in order.
    pub tasks: Vec<Task>,
    /// Where the answers are checked and sent, once all is done.
    pub check: Option<Link>,
    /// Where the form posts to that changes the language.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The version of the survey that the page is made from.
    pub version: i32,
    /// Languages to which the person can change.
    pub languages: Vec<Language>,
}

/// A section in the overview.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Its number, from 1.
    pub number: usize,
    /// What it is called.
    pub title: Html,
    /// Where it goes on; none where it cannot be started.
    pub href: Option<String>,
    /// How far it is, in words.
    pub status: &'static str,
    /// True if all of it is done.
    pub is_completed: bool,
    /// True if its status stands out.
    pub is_tag: bool,
}

/// Another language of a survey.
#[derive(Clone, Debug, Serialize)]
pub struct Language {
    /// Its BCP 47 tag.
    pub tag: String,
    /// The way it is read: `ltr` or `rtl`.
    pub dir: &'static str,
    /// Its name, in itself.
    pub name: String,
}

/// Answers kept for later; template `respond/saved`.
#[derive(Clone, Debug, Serialize)]
pub struct Saved {
    /// Around the content.
    pub shell: Shell,
    /// The link back.
    pub link: String,
    /// The link as text, complete with its scheme, to copy by hand.
    pub link_text: String,
    /// The code that does the same, in groups.
    pub code: String,
    /// Until when it works, as a sentence, where that is known.
    pub expires: Option<String>,
    /// Where to go on at once.
    pub back_to: String,
    /// What is wrong with the form for mail, linked to its field.
    pub errors: Vec<Link>,
    /// The link by e-mail, where mail is sent.
    pub mail: Option<Mail>,
    /// Leaving a device that others use.
    pub leave: Leave,
}

/// The form that makes the browser forget someone's answers; part `leave`.
#[derive(Clone, Debug, Serialize)]
pub struct Leave {
    /// The heading over it.
    pub heading: &'static str,
    /// What to keep first, as a sentence.
    pub says: &'static str,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// Its button.
    pub button: &'static str,
}

/// The form that sends something by e-mail; part `mail`.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// The heading over it.
    pub heading: &'static str,
    /// What becomes of the address, as a sentence.
    pub says: &'static str,
    /// That it was sent, as a sentence, where it was.
    pub sent: Option<&'static str>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The field for the address.
    pub field: Input,
    /// Its button.
    pub button: &'static str,
}

/// The answers before they are sent; template `respond/check`.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Around the content.
    pub shell: Shell,
    /// Questions on the way that are still faulty, each linked to its page.
    pub errors: Vec<Link>,
    /// The answers by page.
    pub groups: Vec<AnswerGroup>,
    /// What the consultation says before the answers are sent.
    pub closing: Option<Html>,
    /// What sending means.
    pub declaration: &'static str,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The version of the survey that the page is made from.
    pub version: i32,
    /// Languages to which the person can change.
    pub languages: Vec<Language>,
    /// True where answers can be kept for later.
    pub can_save: bool,
    /// Why they cannot be sent yet, if they cannot.
    pub barred: Option<Barred>,
}

/// The answers of one page.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerGroup {
    /// The page's heading, where it has one apart from its question.
    pub heading: Option<String>,
    /// Its answers.
    pub rows: Vec<AnswerRow>,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerRow {
    /// The question.
    pub key: Html,
    /// The question without Markdown.
    pub question: String,
    /// The answer in words, a line each; none where nothing was given.
    pub given: Vec<String>,
    /// True where that is one line, which needs no paragraph.
    pub is_one_line: bool,
    /// Where to change it; the text completes "Change" for those who hear it: "your role".
    pub change: Option<Link>,
}

/// The answers are sent; template `respond/receipt`.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1: "Answers sent".
    pub heading: &'static str,
    /// The reference to quote.
    pub reference: String,
    /// What happens next, and when.
    pub next: Html,
    /// The page with a copy of the answers.
    pub copy: Link,
    /// Over the person's ideas.
    pub given_heading: &'static str,
    /// The ideas that the person gave, with what became of them.
    pub given: Vec<Given>,
    /// What everyone answered, where that is shown.
    pub everyone: Option<Everyone>,
    /// What can still be done about them, until the consultation closes.
    pub changes: Option<Changes>,
    /// What is wrong with the form for mail, linked to its field.
    pub errors: Vec<Link>,
    /// The copy by e-mail, where mail is sent.
    pub mail: Option<Mail>,
    /// Leaving a device that others use.
    pub leave: Leave,
    /// Whom to ask.
    pub contact: Html,
}

/// The way to what everyone answered.
#[derive(Clone, Debug, Serialize)]
pub struct Everyone {
    /// The page.
    pub link: Link,
    /// What it is, as a sentence.
    pub says: &'static str,
}

/// What everyone answered; template `respond/result`.
#[derive(Clone, Debug, Serialize)]
pub struct Everyones {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// When it was made and from how many, or when it will be, as sentences.
    pub says: Vec<String>,
    /// Cautions over the figures.
    pub cautions: Vec<String>,
    /// The language of what was asked, where it is not the page's.
    pub lang: Option<String>,
    /// The counts.
    pub counted: Vec<crate::render::everyone::Counted>,
}

/// What a person can do about answers that were sent.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// The heading over it.
    pub heading: String,
    /// True where they lead to another round, which comes before all else.
    pub leads: bool,
    /// Until when, or what comes, as a sentence.
    pub says: &'static str,
    /// Where the form posts to that opens them for changes.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// Its button.
    pub button: String,
    /// The page that withdraws them.
    pub withdraw: Link,
}

/// Answers that were sent, to read, print and save; template `respond/copy`.
#[derive(Clone, Debug, Serialize)]
pub struct Copy {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// When they were sent.
    pub sent_on: String,
    /// The answers by page.
    pub groups: Vec<AnswerGroup>,
    /// The same as a file.
    pub download: Link,
}

/// The page that withdraws answers; template `respond/withdraw`.
#[derive(Clone, Debug, Serialize)]
pub struct Withdraw {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// What it means.
    pub says: &'static str,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// Its button.
    pub button: &'static str,
    /// The way back.
    pub keep: Link,
}

/// The survey ended before its last page, or is not open; templates `respond/ended` and `respond/closed`.
#[derive(Clone, Debug, Serialize)]
pub struct Ended {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// Why, and what can be done, by [`crate::render::markdown::page_block`].
    pub body: Html,
    /// The outcome, or another place to go.
    pub link: Option<Link>,
    /// Whom to ask.
    pub contact: Option<Html>,
}

/// Something went wrong; template `respond/problem`.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1: "Page not found".
    pub heading: &'static str,
    /// What happened, as a sentence.
    pub what: &'static str,
    /// What to do, as a sentence.
    pub next: &'static str,
    /// What was typed, where it could not be saved.
    pub kept: Option<Kept>,
    /// Where to go.
    pub link: Option<Link>,
    /// The request's id, where someone can look it up.
    pub request_id: Option<String>,
}

/// What was typed and could not be saved.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    /// The heading over it.
    pub heading: &'static str,
    /// What that means, as a sentence.
    pub says: &'static str,
    /// Each text with what it answers.
    pub texts: Vec<KeptText>,
    /// The form that saves it after all, where one may.
    pub again: Option<Again>,
}

/// Something that was typed, to be copied.
#[derive(Clone, Debug, Serialize)]
pub struct KeptText {
    /// The id of its field on this page.
    pub id: String,
    /// What it answers.
    pub label: String,
    /// The text.
    pub text: String,
}

/// A form that posts once more what could not be saved.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// Where it posts to.
    pub action: String,
    /// What it posts.
    pub fields: Vec<(String, String)>,
    /// The field for a code, where the way back to the answers is lost.
    pub code: Option<&'static str>,
    /// Its button.
    pub button: &'static str,
}

/// The page that takes a code to come back; template `respond/code`.
#[derive(Clone, Debug, Serialize)]
pub struct Code {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// What became of a link that leads to no answers, and what to do, each as a paragraph.
    pub says: Vec<&'static str>,
    /// The start page, where someone may have to start again.
    pub start: Option<Link>,
    /// What is wrong, linked to the field.
    pub errors: Vec<Link>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The field.
    pub field: Input,
}

/// A page of information: accessibility, privacy, cookies; template `info`.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// The text, by [`crate::render::markdown::page_block`].
    pub body: Html,
    /// True if the text is the program's own, and not its author's.
    pub ours: bool,
}

/// The accessibility statement; template `statement`.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// Its parts, those without a heading among them.
    pub parts: Vec<Fact>,
}

/// Whom to ask, and the way back to answers; template `respond/help`.
#[derive(Clone, Debug, Serialize)]
pub struct Help {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: &'static str,
    /// Whom to ask.
    pub contact: Option<Html>,
    /// What is said where nobody is named.
    pub no_contact: &'static str,
    /// The heading over the field for a code.
    pub come_back: &'static str,
    /// Where the form with the code posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The field for the code.
    pub field: Input,
    /// The start page.
    pub start: Link,
}
