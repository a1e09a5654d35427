//! The interventions: the answer on breadth, the overview, and each one by respondent group.

use serde::Serialize;

use super::Words;
use super::questions::answered;
use super::table::{Cell, Table, shows, words};
use super::why::{Why, asked, base};
use crate::analysis::figures::{self, Figure};
use crate::analysis::report::{BreadthAnswer, Intervention, Report, Segment, SegmentSupport, Verdict};
use crate::analysis::weight::report::WeightedShare;
use crate::render::chart::{self, Dots, Mark, Panel, Shape, Split};
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, counted, grouped, interval_or_none, percent, percent_or_none};

/// Most interventions whose overview chart is open from the start.
const OPEN_CHART: usize = 30;

/// Few broad interventions, or many focused ones?
#[derive(Serialize)]
pub(super) struct BreadthView {
    text: String,
    table: Table,
}

impl BreadthView {
    pub(super) fn new(answer: &BreadthAnswer, report: &Words<'_>) -> Self {
        let columns = vec![
            words("Declared as"),
            shows(&figures::INTERVENTIONS),
            shows(&figures::BROAD),
            shows(&figures::FOCUSED),
            shows(&figures::DIVISIVE),
            shows(&figures::OPPOSED),
            shows(&figures::OPEN),
        ];
        let rows = answer.rows.iter().map(|row| {
            let counts = [
                row.interventions,
                row.broad_support,
                row.focused,
                row.divisive,
                row.broad_opposition,
                row.not_established,
            ];
            let head = Cell::head(Html::text(match row.breadth.as_str() {
                "broad" => "Broad: for everyone",
                "focused" => "Focused: for some groups",
                _ => "Not declared",
            }));
            let counts = counts.map(|count| Cell::figure(&count.to_string()));
            std::iter::once(head).chain(counts).collect()
        });
        let caption = report.caption("Verdicts by declared breadth");
        let table = Table::new("t-breadth".to_owned(), caption, columns, rows.collect());
        let basis = [base("every intervention, by what the definition declares it to be")];
        Self { text: answer.text.clone(), table: table.of(&basis, report) }
    }
}

/// The overview and the detail.
#[derive(Serialize)]
pub(super) struct InterventionsView {
    chart: Option<Html>,
    folded: bool,
    table: Table,
    detail: Vec<Detail>,
}

/// One intervention, by the groups of every segment.
#[derive(Serialize)]
struct Detail {
    id: String,
    number: usize,
    label: Html,
    summary: String,
    verdict: String,
    about: String,
    split: Option<Html>,
    chart: Option<Html>,
    table: Option<Table>,
    why: Why,
}

/// One segment, with its groups' support for one intervention, highest first.
type Compared<'a> = (&'a Segment, Vec<&'a SegmentSupport>);

impl InterventionsView {
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Self {
        let mut sorted: Vec<(usize, &Intervention)> = report.interventions.iter().enumerate().collect();
        sorted.sort_by(|a, b| descending(shown(a.1).0, shown(b.1).0));
        let marks = sorted.iter().map(|(_, one)| overview_mark(one)).collect();
        let weighted = report.interventions.iter().any(|one| one.weighted.is_some());
        let chart = chart::dots(&Dots {
            id: "c-overview",
            title: &text.caption("Support for each intervention"),
            subtitle: if weighted {
                "The mark is the weighted share in favour of those who answered, the line through it its 95% interval; n is how many answered"
            } else {
                "The mark is the share in favour of those who answered, the line through it its 95% interval; n is how many answered"
            },
            language: text.foreign,
            overall: None,
            panels: vec![Panel { heading: None, marks }],
        });
        let detail = report.interventions.iter().enumerate();
        Self {
            chart: (!sorted.is_empty()).then_some(chart),
            folded: sorted.len() > OPEN_CHART,
            table: overview_table(&sorted, text),
            detail: detail.map(|(index, one)| Detail::new(index, one, report, text)).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.detail.is_empty()
    }
}

/// The share and interval that charts draw: the weighted ones, where answers are weighted.
fn shown(one: &Intervention) -> (Option<f64>, Option<[f64; 2]>) {
    one.weighted.as_ref().map_or((one.share, one.interval), |weighted| (Some(weighted.share), Some(weighted.interval)))
}

/// A weighted share with its interval and the effective people it rests on.
fn weighted_cell(weighted: Option<&WeightedShare>) -> Cell {
    weighted.map_or_else(
        || Cell::figure(NONE),
        |weighted| {
            let under = format!("{}\nof {}", interval_or_none(Some(weighted.interval)), grouped(weighted.n_eff));
            Cell::two_lines(&percent(weighted.share), &under)
        },
    )
}

/// Highest first, the unknown last.
fn descending(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0))
}

fn overview_mark(one: &Intervention) -> Mark<'_> {
    Mark {
        label: &one.label,
        note: Some(name_of(&one.verdict)),
        share: shown(one).0,
        interval: shown(one).1,
        n: Some(one.n),
        instead: "nobody answered",
        shape: shape_of(&one.verdict),
    }
}

/// A verdict in two words.
fn name_of(verdict: &Verdict) -> &'static str {
    match (verdict.label.as_str(), verdict.reason.as_deref()) {
        (_, Some("withdrawn")) => "Withdrawn",
        ("broad_support", _) => "Broad support",
        ("broad_opposition", _) => "Broad opposition",
        ("focused", _) => "Focused support",
        ("divisive", _) => "Divides opinion",
        _ => "Not established",
    }
}

fn shape_of(verdict: &Verdict) -> Shape {
    match verdict.label.as_str() {
        "broad_support" => Shape::Disc,
        "broad_opposition" => Shape::Square,
        "focused" => Shape::Diamond,
        "divisive" => Shape::Triangle,
        _ => Shape::Ring,
    }
}

fn overview_table(sorted: &[(usize, &Intervention)], text: &Words<'_>) -> Table {
    let ranked = sorted.iter().any(|(_, one)| one.priority.is_some());
    let funded = sorted.iter().any(|(_, one)| one.spend.is_some());
    let mut columns = vec![
        words("Intervention"),
        shows(&figures::VERDICT_OF),
        shows(&figures::MEANT_FOR),
        shows(&figures::SUPPORT_INTERVAL),
        shows(&figures::IN_FAVOUR),
        shows(&figures::ANSWERED),
    ];
    let weighted = sorted.iter().any(|(_, one)| one.weighted.is_some());
    columns.extend(weighted.then_some(shows(&figures::WEIGHTED_SUPPORT)));
    columns.extend(ranked.then_some(shows(&figures::PRIORITY)));
    columns.extend(funded.then_some(shows(&figures::SPEND)));
    let rows = sorted.iter().map(|(index, one)| {
        let link = format!("<a href=\"#i-{index}\">{}</a>", text.label(&one.label));
        let mut cells = vec![
            Cell::head(Html::made_here(link)),
            verdict_cell(one),
            Cell::words(&meant_for(one)),
            Cell::two_lines(&percent_or_none(one.share), &interval_or_none(one.interval)),
            Cell::figure(&grouped(one.support)),
            Cell::figure(&grouped(one.n)),
        ];
        cells.extend(weighted.then(|| weighted_cell(one.weighted.as_ref())));
        cells.extend(ranked.then(|| Cell::figure(&percent_or_none(one.priority))));
        cells.extend(funded.then(|| Cell::figure(&percent_or_none(one.spend))));
        cells
    });
    let caption = text.caption("Support for each intervention, highest first");
    let basis = [base("of each intervention those who gave an answer that counts: the column Answered")];
    Table::new("t-overview".to_owned(), caption, columns, rows.collect()).of(&basis, text)
}

/// The verdict in two words and as a sentence, so that nobody has to open anything to read it.
fn verdict_cell(one: &Intervention) -> Cell {
    let (name, sentence) = (name_of(&one.verdict), Html::text(&one.verdict.text));
    Cell::html(Html::made_here(format!("<b>{name}</b> {sentence}")))
}

fn meant_for(one: &Intervention) -> String {
    match (one.breadth.as_deref(), one.audience.as_deref()) {
        (Some("broad"), _) => "Everyone".to_owned(),
        (Some(_), Some(audience)) => audience.to_owned(),
        (Some(_), None) => "Some groups".to_owned(),
        (None, _) => NONE.to_owned(),
    }
}

impl Detail {
    fn new(index: usize, one: &Intervention, report: &Report, text: &Words<'_>) -> Self {
        let compared: Vec<Compared<'_>> = report.segments.iter().filter_map(|segment| compared(one, segment)).collect();
        let split = Split { support: one.support, neutral: one.neutral, oppose: one.oppose };
        let split_title = text.caption(&format!("How people answered on intervention {}", index + 1));
        let caption = text.caption(&format!("Intervention {}: support by group", index + 1));
        Self {
            id: format!("i-{index}"),
            number: index + 1,
            label: text.label(&one.label),
            summary: format!("{}, {}", percent_or_none(shown(one).0), name_of(&one.verdict)),
            verdict: one.verdict.text.clone(),
            about: about(one, &compared),
            split: chart::stack(&split_title, split),
            chart: (!compared.is_empty()).then(|| groups_chart(index, one, &compared, &caption, text)),
            table: (!compared.is_empty()).then(|| groups_table(index, one, &compared, caption, text)),
            why: why(one, report, text),
        }
    }
}

/// What is behind the intervention's own figures and its verdict.
fn why(one: &Intervention, report: &Report, text: &Words<'_>) -> Why {
    let tally = report.questions.iter().find(|question| question.id == one.variable);
    let base_of = tally.map_or_else(
        || format!("{}; {} without one that counts.", counted(one.n, "answer", "answers"), grouped(one.missing)),
        answered,
    );
    let groups: Vec<&str> = one.verdict.groups.iter().map(|key| group_named(key, one)).collect();
    let named = (!groups.is_empty()).then(|| ("Groups named", text.label(&groups.join("; "))));
    let basis: Vec<_> = [asked(&one.label, &one.variable, text), base(&base_of)].into_iter().chain(named).collect();
    let share = format!(
        "{}, {} of {}; 95% interval {}",
        percent_or_none(one.share),
        grouped(one.support),
        grouped(one.n),
        interval_or_none(one.interval)
    );
    let label = |figure: &Figure| Html::text(figure.name);
    let mut why = Why::new(&basis, text).figure(label(&figures::SUPPORT), &figures::SUPPORT_INTERVAL, share).figure(
        label(&figures::VERDICT_OF),
        &figures::VERDICT_OF,
        name_of(&one.verdict).to_owned(),
    );
    let Verdict { p, bound, needed_n, .. } = &one.verdict;
    let found = [
        (&figures::DECIDING_P, p.map(p_value)),
        (&figures::LOWER_BOUND, bound.map(|bound| format!("{:.1}%", bound * 100.0))),
        (&figures::NEEDED, needed_n.map(grouped)),
    ];
    for (figure, value) in found {
        if let Some(value) = value {
            why = why.figure(label(figure), figure, format!("{value}: {}", figure.is));
        }
    }
    why.in_file("report.json")
}

/// A p-value to two digits, those below one in a million as such.
fn p_value(p: f64) -> String {
    match p {
        p if p < 0.000_001 => "below 0.000001".to_owned(),
        p if p < 0.001 => format!("{p:.6}").trim_end_matches('0').to_owned(),
        p => format!("{p:.3}"),
    }
}

/// The label of the group `segment.group`.
fn group_named<'a>(key: &'a str, one: &'a Intervention) -> &'a str {
    let is_it = |group: &&SegmentSupport| {
        key.strip_prefix(group.segment.as_str()).and_then(|rest| rest.strip_prefix('.')) == Some(group.group.as_str())
    };
    one.segments.iter().find(is_it).map_or(key, |group| &group.label)
}

/// The intervention's own figures, whom it is for, and what may not be read from its groups.
fn about(one: &Intervention, compared: &[Compared<'_>]) -> String {
    let figures = format!(
        "Support {} (95% interval {}) of {}; {} gave no answer that counts.",
        percent_or_none(one.share),
        interval_or_none(one.interval),
        counted(one.n, "answer", "answers"),
        grouped(one.missing)
    );
    let weighted = one.weighted.as_ref().map(|weighted| {
        format!(
            "Weighted to the population {} ({}), of {} effective people: design effect {:.2}.",
            percent(weighted.share),
            interval_or_none(Some(weighted.interval)),
            grouped(weighted.n_eff),
            weighted.deff
        )
    });
    let meant = Some(meant_for(one)).filter(|meant| meant != NONE).map(|meant| format!("Meant for: {meant}."));
    let descriptive = compared.iter().filter(|(segment, _)| segment.descriptive);
    let untested = descriptive
        .map(|(segment, _)| format!("Differences between groups of “{}” are shown and not tested.", segment.label));
    std::iter::once(figures).chain(weighted).chain(meant).chain(untested).collect::<Vec<_>>().join(" ")
}

/// A segment's groups for one intervention; nothing where it has none.
fn compared<'a>(one: &'a Intervention, segment: &'a Segment) -> Option<Compared<'a>> {
    let mut groups: Vec<&SegmentSupport> = one.segments.iter().filter(|group| group.segment == segment.id).collect();
    groups.sort_by(|a, b| descending(a.share, b.share));
    (!groups.is_empty()).then_some((segment, groups))
}

fn groups_chart(index: usize, one: &Intervention, compared: &[Compared<'_>], caption: &str, text: &Words<'_>) -> Html {
    let panels = compared.iter().map(|(segment, groups)| Panel {
        heading: Some(&segment.label),
        marks: groups.iter().map(|group| group_mark(group)).collect(),
    });
    chart::dots(&Dots {
        id: &format!("c-{index}"),
        title: caption,
        subtitle: if one.weighted.is_some() {
            "Weighted share in favour, with its 95% interval"
        } else {
            "Share in favour, with its 95% interval"
        },
        language: text.foreign,
        overall: shown(one).0.map(|share| ("Everyone", share)),
        panels: panels.collect(),
    })
}

fn group_mark(group: &SegmentSupport) -> Mark<'_> {
    let is_withheld = group.suppressed || group.support.is_none();
    Mark {
        label: &group.label,
        note: None,
        share: group.weighted.as_ref().map(|weighted| weighted.share).or(group.share),
        interval: group.weighted.as_ref().map(|weighted| weighted.interval).or(group.interval),
        n: group.n,
        instead: if is_withheld { WITHHELD } else { "nobody answered" },
        shape: Shape::Disc,
    }
}

fn groups_table(
    index: usize,
    one: &Intervention,
    compared: &[Compared<'_>],
    caption: String,
    text: &Words<'_>,
) -> Table {
    let weighted = compared.iter().flat_map(|(_, groups)| groups).any(|group| group.weighted.is_some());
    let mut columns = vec![
        words("Group"),
        shows(&figures::SUPPORT),
        shows(&figures::INTERVAL),
        shows(&figures::ANSWERED),
        shows(&figures::IN_FAVOUR),
        shows(&figures::NEITHER),
        shows(&figures::AGAINST),
        shows(&figures::ROLE),
    ];
    columns.extend(weighted.then_some(shows(&figures::WEIGHTED_SUPPORT)));
    let cells = |group: &SegmentSupport| {
        let weighted = weighted.then(|| weighted_cell(group.weighted.as_ref()));
        group_cells(group, text).into_iter().chain(weighted).collect()
    };
    let rows = |groups: &[&SegmentSupport]| groups.iter().map(|group| cells(group)).collect();
    let groups = compared.iter().map(|(segment, groups)| (text.label(&segment.label), rows(groups)));
    let basis = [
        asked(&one.label, &one.variable, text),
        base(
            "of each group those who gave an answer that counts: the column Answered; groups are the options of the questions that head them",
        ),
    ];
    let keys = compared.iter().map(|(segment, _)| segment.id.as_str());
    Table::grouped(format!("t-{index}"), caption, columns, groups).keyed(keys).of(&basis, text)
}

fn group_cells(group: &SegmentSupport, text: &Words<'_>) -> Vec<Cell> {
    let share = if group.support.is_none() { WITHHELD.to_owned() } else { percent_or_none(group.share) };
    let count = |count: Option<u64>| Cell::figure(&count.map_or_else(|| WITHHELD.to_owned(), grouped));
    vec![
        Cell::head(text.label(&group.label)),
        Cell::figure(&share),
        Cell::figure(&interval_or_none(group.interval)),
        count(group.n),
        count(group.support),
        count(group.neutral),
        count(group.oppose),
        Cell::words(match group.role.as_str() {
            "tested" => "Tested",
            "guard" => "May object",
            "withheld" => WITHHELD,
            _ => "Shown only",
        }),
    ]
}
