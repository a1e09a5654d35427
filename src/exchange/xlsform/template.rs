//! The workbook that staff begin with: a small consultation, and what every column means in plain words.

use super::write;
use crate::exchange::report::Refusal;

/// Makes the workbook.
pub(super) fn template() -> Result<Vec<u8>, Refusal> {
    let definition = serde_json::from_str(EXAMPLE)
        .map_err(|error| Refusal::of_file(format!("the example cannot be read: {error}")))?;
    Ok(write::write(&definition, Some(NOTES))?.workbook)
}

/// The example.
pub(super) const EXAMPLE: &str = r#"{
  "format": 1,
  "id": "town-centre",
  "version": 1,
  "title": "What should we do for the town centre?",
  "language": "en-GB",
  "introduction": {
    "organisation": "The town council",
    "purpose": "We want to know what would make the town centre **better for you**.",
    "minutes": 5,
    "contact": "Write to [the team](mailto:centre@example.org)."
  },
  "window": {"opens": "2026-11-01T09:00", "closes": "2027-02-26T17:00", "timezone": "Europe/London"},
  "privacy": {"notice": "We keep your answers without your name.", "retain_days": 365, "min_cell": 10},
  "lists": {
    "agree5": [
      {"id": "sd", "label": "Strongly disagree", "value": 1},
      {"id": "d", "label": "Disagree", "value": 2},
      {"id": "n", "label": "Neither", "value": 3},
      {"id": "a", "label": "Agree", "value": 4},
      {"id": "sa", "label": "Strongly agree", "value": 5},
      {"id": "dk", "label": "Don't know", "missing": true}
    ],
    "yes_no": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]
  },
  "interventions": [
    {"id": "trees", "label": "Plant trees in the square", "breadth": "broad"},
    {"id": "market", "label": "Build a covered market", "breadth": "broad"},
    {"id": "loans", "label": "Lend money to new shops", "breadth": "focused", "audience": "trader"}
  ],
  "population": {
    "size": {"estimate": 24000, "low": 22000, "high": 26000},
    "source": "Electoral register, 2026",
    "margins": {"role": {"resident": 0.9, "trader": 0.07, "other": 0.03}}
  },
  "pages": [
    {"id": "start", "questions": [
      {"id": "agree", "type": "consent", "text": "I have read how my answers are used, and agree to take part", "required": true}
    ]},
    {"id": "you", "title": "About you", "questions": [
      {"id": "lives_here", "type": "single", "text": "Do you live or work in the town?", "required": true, "options": "yes_no"},
      {"id": "role", "type": "single", "text": "What are you here?", "required": true, "segment": true, "options": [
        {"id": "resident", "label": "A resident"},
        {"id": "trader", "label": "A trader", "hint": "You own or run a shop"},
        {"id": "other", "label": "Something else", "other": "required", "last": true}
      ]},
      {"id": "travel", "type": "multi", "text": "How do you come to the centre?", "hint": "Choose all that apply", "order": "random", "options": [
        {"id": "foot", "label": "On foot"},
        {"id": "bike", "label": "By bicycle"},
        {"id": "bus", "label": "By bus"},
        {"id": "never", "label": "I never come", "exclusive": true, "last": true}
      ]}
    ]},
    {"id": "not_for_you", "title": "Thank you", "text": "This consultation is for people of the town.", "show_if": "lives_here == 'no'", "end": "screened_out"},
    {"id": "ideas", "title": "What could be done", "text": "Here is what we could do.", "questions": [
      {"id": "support", "type": "rate", "text": "How far do you agree that we should do this?", "required": true,
        "items": "interventions", "scale": "agree5", "order": "random", "measure": "support", "support": ["a", "sa"]},
      {"id": "top2", "type": "rank", "text": "Which two matter most to you?", "items": "interventions", "max": 2, "measure": "priority"}
    ]},
    {"id": "trees_page", "show_if": "support.trees in ['a', 'sa']", "questions": [
      {"id": "why_trees", "type": "text", "text": "You would like trees. Why?", "lines": 4, "max_chars": 500, "themes": true}
    ]},
    {"id": "visits", "title": "Your visits", "show_if": "'never' not in travel", "questions": [
      {"id": "times", "type": "number", "text": "How many times did you come last month?", "min": 0, "max": 60},
      {"id": "since", "type": "date", "text": "When were you there last?"},
      {"id": "more", "type": "text", "text": "What else would make the centre better?", "lines": 6, "themes": true}
    ]},
    {"id": "contact", "title": "Stay in touch", "store": "contact", "questions": [
      {"id": "email", "type": "email", "text": "Your email address", "hint": "We keep it apart from your answers"}
    ]}
  ],
  "checks": [
    {"rule": "not answered(times) or times > 0 or not answered(since)", "message": "You say that you did not come last month; leave the day empty or change the number.", "level": "warn"}
  ],
  "translations": {
    "cy": {
      "you.title": {"text": "Amdanoch chi", "of": "428f4d00"},
      "lives_here.text": {"text": "Ydych chi'n byw neu'n gweithio yn y dref?", "of": "b2336d81"},
      "yes_no.yes": {"text": "Ydw", "of": "85a39ab3"},
      "yes_no.no": {"text": "Nac ydw", "of": "1ea442a1"}
    }
  }
}"#;

/// What the sheets and columns mean.
const NOTES: &[(&str, &str)] = &[
    ("What", "What it is for"),
    (
        "This workbook",
        "An example that you can change into a consultation of your own. It is an XLSForm: the sheets survey, choices and settings can also be opened by ODK, KoboToolbox and other programs. Import it with `canvass import`, and the report says what became of every row.",
    ),
    (
        "How to begin",
        "Change the texts first, then add and remove rows. Leave the first row of every sheet as it is. Columns that you do not need can stay empty or be deleted; their order does not matter.",
    ),
    (
        "sheet survey",
        "One row for each question, from top to bottom. A page begins with the type begin_group and ends with end_group; its label is the heading.",
    ),
    (
        "type",
        "What is asked: note (text to read), acknowledge (a box to tick), select_one LIST (one option), select_multiple LIST (several), text, integer or decimal (a number), date, rank LIST (an order), begin_group and end_group (a page), begin_repeat and end_repeat (the same questions several times). LIST is a list on the sheet choices.",
    ),
    (
        "name",
        "A short name of your own: small letters, digits and _, beginning with a letter. It names the column of the export and must not change once people have answered.",
    ),
    ("label", "What people read. Another language stands in a column of its own: label::Welsh (cy)."),
    ("hint", "Help under the question."),
    ("required", "yes if people must answer."),
    (
        "rule",
        "Who sees the row, in Canvass's own words: role == 'trader', 'bus' in travel, times > 5, support.trees in ['a', 'sa'], and, or, not answered(times). It can only name questions of earlier pages. Empty means everyone.",
    ),
    ("required_if", "A rule like the one before: the question must be answered where it holds."),
    (
        "relevant, constraint, calculation, choice_filter",
        "The same for other programs, in the language of XLSForm: ${role} = 'trader'. You can write here instead of in the columns before; what you change here counts.",
    ),
    (
        "segment",
        "yes if the options of this question are the groups of people whose answers are compared, descriptive if they are only shown.",
    ),
    (
        "canvass_type",
        "For what an XLSForm has no type: rate (a begin_group with a row select_one LIST for each thing that is rated), allocate (a begin_group with a row integer for each thing that gets points), email, ideas (people write ideas and vote), page_text (the text under a page's heading). Rows marked extra are only for other programs.",
    ),
    (
        "items",
        "interventions if what is rated, ranked or given points are the interventions; the rows below are then only for other programs.",
    ),
    (
        "measure",
        "support for the rating, priority for the ranking and spend for the points that decide on the interventions.",
    ),
    ("support, oppose", "Which options of the scale count as support, and which as opposition: a, sa."),
    ("min, max", "The least and the largest number or day, the fewest and most options, places or entries."),
    ("min_items", "How many rows of a rating must be answered."),
    ("total, step", "Points to share, and in which steps; step also for numbers."),
    ("decimals, unit", "Places after the point that a number can have, and what stands after the field."),
    ("lines, min_chars, max_chars", "How high the box for a text is, and the fewest and most characters."),
    ("pattern, pattern_message", "A regular expression that the text must match, and what is said if it does not."),
    ("themes", "yes if the report groups the answers into themes."),
    (
        "order, order_group",
        "listed, random, alphabetical or reverse_half; questions with the same order_group share one order.",
    ),
    ("item_name", "What an entry of a repeat is called, such as idea."),
    ("style", "dropdown for a list that opens."),
    ("end", "On a begin_group: screened_out or finished. Who sees the page does not go on."),
    ("store", "On a begin_group: contact keeps the answers of the page apart from all others."),
    ("own_options", "yes if the list belongs to this question alone."),
    (
        "lost_rule",
        "The rule of another program that could not be read. Nobody sees the row until you write a rule and empty this cell.",
    ),
    (
        "id, source, verbatim, verbatim_hint, more, written",
        "Kept by Canvass so that nothing is lost on the way; leave them as they are.",
    ),
    ("sheet choices", "One row for each option; the options of a list stand together under its list_name."),
    ("scale_value", "The place of an option on a scale: 1 to 5. All options of a list have one, or none has."),
    ("missing", "yes for an answer such as “Don't know”, which is counted apart."),
    ("exclusive", "yes for an option that cannot be chosen together with others."),
    ("other", "optional or required for an option with a text field beside it."),
    ("last", "yes for an option that stays at the end whatever the order."),
    ("offered", "For other programs: which options have a rule."),
    (
        "sheet settings",
        "form_title is the title, form_id the name in addresses, default_language the language of the texts, such as en-GB.",
    ),
    (
        "sheet canvass",
        "Everything else that the consultation says, a key in each row: who asks, when it opens and closes, what is promised, and the decision rule (consensus.tau_overall and the like). The workbook is read as Canvass's own because it has this sheet.",
    ),
    (
        "sheet interventions",
        "What could be done: id, label, breadth (broad or focused), audience (whom a focused one is for) and withdrawn.",
    ),
    (
        "sheet population",
        "Whom the consultation is meant to reach: the share of each option of a question; shares of a question add up to 1.",
    ),
    (
        "sheet checks",
        "Rules that the answers must meet, with the message that is shown where they do not; level warn lets people go on.",
    ),
    ("sheet translations", "Translations that have no column of their own."),
];
