//! A working definition in the order of its pages, each part with what is wrong with it and who is asked, mistakes or not.

use crate::definition::language::{Progress, Work};
use crate::definition::routing::{self, Asked, Required};
use crate::definition::{self, Survey};
use crate::document::{self, Finding, Node, Pointer, Severity, Step, Value};

/// The code of the finding that a rule was lost.
pub const LOST_RULE: &str = "W212";

/// The whole.
#[derive(Debug)]
pub struct Outline {
    /// The pages.
    pub pages: Vec<Page>,
    /// What is wrong with none of the pages in particular, each with the part that it is about.
    pub others: Vec<(Finding, Pointer)>,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// The survey, if there is no error.
    pub survey: Option<Survey>,
    /// How far each translation is, where the texts can be read.
    pub translations: Vec<(String, Progress)>,
    /// True if an import lost a rule: that keeps from publishing.
    pub is_lost: bool,
    /// The text as a tree, if it is JSON.
    pub root: Option<Node>,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Where it stands.
    pub at: Pointer,
    /// Its id, if it has one.
    pub id: String,
    /// Its heading, if it has one.
    pub title: Option<String>,
    /// Who sees it.
    pub asked: Asked,
    /// True if the consultation ends on it.
    pub is_end: bool,
    /// True if its answers are kept apart.
    pub is_apart: bool,
    /// What it asks.
    pub questions: Vec<Question>,
    /// What is wrong with the page itself.
    pub findings: Vec<Finding>,
}

/// A question.
#[derive(Debug)]
pub struct Question {
    /// Where it stands.
    pub at: Pointer,
    /// Its id, if it has one.
    pub id: String,
    /// Its type, as it is written.
    pub kind: String,
    /// What it asks.
    pub text: String,
    /// Its options, steps or rows: id and label.
    pub options: Vec<(String, String)>,
    /// Who is asked it of those who see the page.
    pub asked: Asked,
    /// Who must answer, where anyone must.
    pub required: Option<String>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl Outline {
    /// The outline of a text. Time is that of checking it.
    pub fn of(text: &str) -> Self {
        let parsed = definition::parse(text);
        let root = document::parse(text).ok();
        let count = |severity| parsed.findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let mut outline = Self {
            pages: root.as_ref().map(|root| pages(root, parsed.survey.as_ref())).unwrap_or_default(),
            others: Vec::new(),
            errors,
            warnings,
            is_lost: parsed.findings.iter().any(|finding| finding.code == LOST_RULE),
            translations: translations(text, parsed.survey.is_some()),
            survey: parsed.survey,
            root,
        };
        for finding in parsed.findings {
            outline.place(finding);
        }
        outline
    }

    fn place(&mut self, finding: Finding) {
        let at = self.root.as_ref().map(|root| Pointer::to(root, finding.place)).unwrap_or_default();
        let page = self.pages.iter_mut().find(|page| at.is_within(&page.at));
        let Some(page) = page else {
            self.others.push((finding, at));
            return;
        };
        match page.questions.iter_mut().find(|question| at.is_within(&question.at)) {
            Some(question) => question.findings.push(finding),
            None => page.findings.push(finding),
        }
    }

    /// The questions that stand before a part, by pages: those that a rule of it may name.
    pub fn before(&self, at: &Pointer) -> impl Iterator<Item = &Question> {
        let here = match at.0.as_slice() {
            [Step::Key(pages), Step::Index(index), ..] if pages == "pages" => *index,
            _ => self.pages.len(),
        };
        self.pages.iter().take(here).filter(|page| !page.is_apart).flat_map(|page| &page.questions)
    }
}

fn translations(text: &str, is_whole: bool) -> Vec<(String, Progress)> {
    if !is_whole && text.len() > 2_000_000 {
        return Vec::new();
    }
    let Ok(work) = Work::of(text) else { return Vec::new() };
    work.languages().map(|language| (language.to_string(), work.progress(language))).collect()
}

/// What a definition is called, if its text says so.
pub fn title(text: &str) -> Option<String> {
    let root = document::parse(text).ok()?;
    root.get("title").and_then(Node::text).filter(|title| !title.trim().is_empty()).map(str::to_string)
}

/// What a part of a definition is called: its title, label, text or id, without Markdown and on one line.
pub fn heading(node: &Node) -> String {
    let named = ["title", "label", "text", "message", "id"].iter().filter_map(|key| node.get(key)?.text());
    let named = named.map(definition::plain).find(|text| !text.is_empty());
    named.unwrap_or_else(|| node.text().unwrap_or_default().to_string())
}

fn pages(root: &Node, survey: Option<&Survey>) -> Vec<Page> {
    let list = root.get("pages").map(Node::list).unwrap_or_default();
    let all = Pointer::default().key("pages");
    list.iter().enumerate().map(|(index, node)| page(root, node, all.index(index), survey, index)).collect()
}

fn page(root: &Node, node: &Node, at: Pointer, survey: Option<&Survey>, index: usize) -> Page {
    let checked = survey.and_then(|survey| Some((survey, survey.pages.get(index)?)));
    let all = at.key("questions");
    let list = node.get("questions").map(Node::list).unwrap_or_default();
    let questions = list.iter().enumerate().map(|(number, node)| {
        let checked = checked.and_then(|(survey, page)| Some((survey, page.questions.get(number)?)));
        let asked = match checked {
            Some((survey, question)) => routing::on_page(survey, question),
            None => as_written(node),
        };
        let required = match checked.map(|(survey, question)| routing::required(survey, question)) {
            None if node.get("required_if").is_some() => {
                Some(format!("those for whom this holds: {}", text_of(node, "required_if")))
            }
            None if matches!(node.get("required"), Some(Node { value: Value::Bool(true), .. })) => {
                Some("everyone who is asked".to_string())
            }
            Some(Required::Yes) => Some("everyone who is asked".to_string()),
            Some(Required::If(whom)) => Some(format!("those for whom this holds: {whom}")),
            _ => None,
        };
        Question {
            at: all.index(number),
            id: text_of(node, "id"),
            kind: text_of(node, "type"),
            text: text_of(node, "text"),
            options: ["options", "steps", "items"]
                .iter()
                .find_map(|key| options(root, node.get(key)?))
                .unwrap_or_default(),
            asked,
            required,
            findings: Vec::new(),
        }
    });
    Page {
        id: text_of(node, "id"),
        title: node.get("title").and_then(Node::text).map(str::to_string),
        asked: match checked {
            Some((survey, page)) => routing::of_page(survey, page),
            None => as_written(node),
        },
        is_end: node.get("end").is_some(),
        is_apart: text_of(node, "store") == "contact",
        questions: questions.collect(),
        findings: Vec::new(),
        at,
    }
}

/// The rule as it stands, where mistakes elsewhere keep it from being said in words.
fn as_written(node: &Node) -> Asked {
    let rule = |key: &str| node.get(key).and_then(Node::text).map(str::to_string);
    rule("lost_rule").map(Asked::Nobody).or_else(|| rule("show_if").map(Asked::If)).unwrap_or(Asked::Everyone)
}

fn text_of(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::text).unwrap_or_default().to_string()
}

/// The options under a key: written there, in a list of the definition, or the interventions.
fn options(root: &Node, written: &Node) -> Option<Vec<(String, String)>> {
    let list = match &written.value {
        Value::Text(name) if name == "interventions" => root.get("interventions")?.list(),
        Value::Text(name) => root.get("lists")?.get(name)?.list(),
        _ => written.list(),
    };
    Some(list.iter().map(|option| (text_of(option, "id"), text_of(option, "label"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"format": 1, "id": "s", "title": "Town", "odd": 1, "lists": {"yn": [{"id": "y", "label": "Yes"}, {"id": "n", "label": "No"}]},
  "pages": [
    {"id": "one", "title": "One", "questions": [
      {"id": "a", "type": "single", "text": "A?", "options": "yn"},
      {"id": "b", "type": "text", "txt": "B?"}]},
    {"id": "two", "show_if": "a == 'y'", "questions": [{"id": "c", "type": "text", "text": "C?"}]}]}"#;

    #[test]
    fn each_finding_stands_at_the_part_that_it_is_about() {
        let outline = Outline::of(TEXT);
        assert_eq!((outline.errors, outline.others.len()), (3, 1));
        let b = &outline.pages[0].questions[1];
        assert_eq!(b.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["E104", "E102"]);
        assert_eq!(outline.pages[1].asked, Asked::If("a == 'y'".to_string()), "as written, while there are errors");
        assert_eq!(outline.pages[0].questions[0].options[0], ("y".to_string(), "Yes".to_string()));
    }

    #[test]
    fn who_is_asked_is_said_in_words_once_all_is_well() {
        let outline = Outline::of(&TEXT.replace("\"txt\"", "\"text\"").replace(" \"odd\": 1,", ""));
        assert_eq!(outline.errors, 0, "{:?}", outline.others);
        let Asked::If(asked) = &outline.pages[1].asked else { panic!("{:?}", outline.pages[1]) };
        assert!(asked.contains("Yes") && !asked.contains("=="), "{asked}");
        let names = |at: &str| {
            outline.before(&Pointer::read(at).unwrap()).map(|question| question.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("/pages/1/questions/0"), ["a", "b"]);
        assert!(names("/pages/0").is_empty());
        assert_eq!(names("/checks/0").len(), 3);
    }

    #[test]
    fn what_is_not_json_has_one_finding_and_no_pages() {
        let outline = Outline::of("{\"pages\": [");
        assert_eq!((outline.errors, outline.others.len(), outline.pages.len()), (1, 1, 0));
    }
}
