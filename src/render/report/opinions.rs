//! Opinion groups: how many and how large, what sets each apart, what all share, and where they differ.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Column, Table, shows, shows_of, words};
use super::why::base;
use crate::analysis::figures;
use crate::analysis::opinion::reported::{GroupVotes, OpinionGroup, OpinionStatement, Opinions};
use crate::render::chart::{Heap, heaps};
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, counted, decimal, grouped, p_value, percent};

/// Most statements in the tables of what groups share and of where they differ.
const MOST: usize = 10;

/// Differences are shown as such below this p-value.
const ALPHA: f64 = 0.05;

/// Opinion groups.
#[derive(Serialize)]
pub(super) struct OpinionsView {
    caution: Option<&'static str>,
    text: String,
    about: Vec<String>,
    chart: Option<Html>,
    sizes: Option<Table>,
    groups: Vec<GroupView>,
    has_groups: bool,
    shared: Option<Table>,
    tested: String,
    differ: Option<Table>,
    all: Option<Table>,
    together: Option<Table>,
    tried: Option<Table>,
}

/// One group.
#[derive(Serialize)]
struct GroupView {
    id: String,
    heading: String,
    about: &'static str,
    none: &'static str,
    table: Option<Table>,
}

impl OpinionsView {
    pub(super) fn new(opinions: &Opinions, text: &Words<'_>) -> Self {
        let has_groups = !opinions.groups.is_empty();
        let differing = differing(opinions);
        let tested = tested(opinions, differing.len());
        Self {
            caution: text.caution,
            text: opinions.text.clone(),
            about: about(opinions),
            chart: has_groups.then(|| map(opinions, text)),
            sizes: has_groups.then(|| sizes(opinions, text)),
            groups: opinions.groups.iter().map(|group| GroupView::new(group, opinions, text)).collect(),
            has_groups,
            shared: shared(opinions, text),
            differ: (!differing.is_empty()).then(|| {
                let caption = text.caption("Statements on which groups differ most, the greatest difference first");
                by_group("t-o-differ", caption, differing.into_iter().take(MOST), opinions, text)
            }),
            tested,
            all: has_groups.then(|| {
                let caption = text.caption("Every statement by group");
                by_group("t-o-all", caption, opinions.statements.iter(), opinions, text)
            }),
            together: together(opinions, text),
            tried: tried(opinions, text),
        }
    }
}

impl GroupView {
    fn new(group: &OpinionGroup, opinions: &Opinions, text: &Words<'_>) -> Self {
        let place = opinions.groups.iter().position(|other| other.id == group.id).unwrap_or_default();
        let side = |agrees: bool| -> Vec<Vec<Cell>> {
            let of_side = group.represented_by.iter().filter(|one| one.agrees == agrees);
            let known =
                of_side.filter_map(|one| opinions.statements.iter().find(|statement| statement.key() == one.statement));
            known.map(|statement| row(statement, text)).collect()
        };
        let sides = sides("The group is for it", side(true), "The group is against it", side(false));
        let caption = text.caption(&format!("What sets group {} apart", group.id));
        Self {
            id: format!("o-{place}"),
            heading: format!("Group {}: {}", group.id, counted(group.n, "person", "people")),
            about: "What the group is clearest for, and what it is for or against more than the others are.",
            none: "No statement sets it apart that can be shown.",
            table: (!sides.is_empty())
                .then(|| Table::grouped(format!("t-o-{place}"), caption, by_group_heads(opinions), sides.into_iter()))
                .map(|table| table.of(&basis(opinions), text)),
        }
    }
}

fn about(opinions: &Opinions) -> Vec<String> {
    let people = format!(
        "{} voted, {} votes in all. {} voted on at least {} and could be placed by how they voted.",
        counted(opinions.people, "person", "people"),
        grouped(opinions.votes),
        grouped(opinions.placed),
        counted(opinions.least_votes, "statement", "statements"),
    );
    let mut lines = vec![people];
    if !opinions.groups.is_empty() {
        lines.push(
            "The computer puts people who vote alike together. The groups describe the votes; they are not declared by anyone, and no verdict rests on them.".to_owned(),
        );
    }
    lines
}

fn map(opinions: &Opinions, text: &Words<'_>) -> Html {
    let drawn: Vec<Heap<'_>> =
        opinions.groups.iter().map(|group| Heap { letter: &group.id, centre: group.centre, n: group.n }).collect();
    let names = opinions.groups.iter().map(|group| format!("{} {}", group.id, counted(group.n, "person", "people")));
    let caption = text.caption("The groups by how alike they vote");
    let heard = format!("{caption}: {}. The tables below say how.", names.collect::<Vec<_>>().join(", "));
    let note = "Groups that stand close vote alike more often; the area of a disc is the number of its people, and the dotted lines cross at the mean of all votes.";
    heaps(&caption, &heard, note, &drawn)
}

fn sizes(opinions: &Opinions, text: &Words<'_>) -> Table {
    let columns = vec![words("Group"), shows(&figures::IN_GROUP), shows(&figures::GROUP_SHARE)];
    let rows = opinions.groups.iter().map(|group| {
        let head = Cell::head(Html::text(&format!("Group {}", group.id)));
        vec![head, Cell::figure(&grouped(group.n)), Cell::figure(&percent(group.share))]
    });
    Table::new(
        "t-o-sizes".to_owned(),
        text.caption("The size of each group, as a share of those placed"),
        columns,
        rows.collect(),
    )
    .of(&basis(opinions), text)
}

/// Who voted, on what.
fn basis(opinions: &Opinions) -> [(&'static str, Html); 2] {
    let base_of = format!(
        "{} of the {} who voted, those with {} or more",
        grouped(opinions.placed),
        counted(opinions.people, "person", "people"),
        counted(opinions.least_votes, "vote", "votes")
    );
    let voted = "ratings of interventions and votes on ideas: for, against, or neither (passes)";
    [("Votes", Html::text(voted)), base(&base_of)]
}

/// Everyone who voted.
fn everyone(opinions: &Opinions) -> [(&'static str, Html); 1] {
    [base(&format!(
        "all {} who voted; of each statement those who voted on it",
        counted(opinions.people, "person", "people")
    ))]
}

/// Rows under what they say of the groups; a side without rows is left out.
fn sides(
    first: &'static str,
    rows: Vec<Vec<Cell>>,
    second: &'static str,
    more: Vec<Vec<Cell>>,
) -> Vec<(Html, Vec<Vec<Cell>>)> {
    let sides = [(Html::text(first), rows), (Html::text(second), more)];
    sides.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

fn by_group_heads(opinions: &Opinions) -> Vec<Column> {
    std::iter::once(words("Statement")).chain(heads(opinions)).collect()
}

fn row(statement: &OpinionStatement, text: &Words<'_>) -> Vec<Cell> {
    std::iter::once(Cell::head(text.label(&statement.label))).chain(votes(statement)).collect()
}

fn heads(opinions: &Opinions) -> impl Iterator<Item = Column> {
    opinions.groups.iter().map(|group| shows_of(Html::text(&format!("Group {}", group.id)), &figures::GROUP_VOTES))
}

/// For each group the share for a statement, and under it the share against.
fn votes(statement: &OpinionStatement) -> impl Iterator<Item = Cell> {
    statement.groups.iter().map(|group| match group {
        Some(votes) if voted(votes) == 0 => Cell::figure(NONE),
        Some(votes) => {
            let of = |count: u64| percent(count as f64 / voted(votes) as f64);
            Cell::two_lines(
                &format!("{} for", of(votes.agree)),
                &format!("{} against\nof {}", of(votes.disagree), grouped(voted(votes))),
            )
        }
        None => Cell::figure(WITHHELD),
    })
}

fn voted(votes: &GroupVotes) -> u64 {
    votes.agree + votes.disagree + votes.pass
}

fn by_group<'a>(
    id: &str,
    caption: String,
    statements: impl Iterator<Item = &'a OpinionStatement>,
    opinions: &Opinions,
    text: &Words<'_>,
) -> Table {
    let mut columns = by_group_heads(opinions);
    columns.push(shows(&figures::DIFFERENCE_P));
    let rows = statements.map(|statement| {
        let p = Cell::figure(&p_value(statement.p));
        row(statement, text).into_iter().chain([p]).collect()
    });
    Table::new(id.to_owned(), caption, columns, rows.collect()).of(&basis(opinions), text)
}

/// Statements with more than half of every group on the same side, those agreed to and those disagreed with.
fn shared(opinions: &Opinions, text: &Words<'_>) -> Option<Table> {
    let side = |of: fn(&OpinionStatement) -> (Option<f64>, Option<f64>)| -> Vec<Vec<Cell>> {
        let mut found: Vec<(&OpinionStatement, f64)> = opinions
            .statements
            .iter()
            .filter(|statement| of(statement).0.is_some_and(|least| least > 0.5))
            .filter_map(|statement| Some((statement, of(statement).1?)))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.into_iter().take(MOST).map(|(statement, _)| row(statement, text)).collect()
    };
    let found = sides(
        "Every group is for it",
        side(|one| (one.least_agree, one.consensus)),
        "Every group is against it",
        side(|one| (one.least_disagree, one.consensus_against)),
    );
    let caption = text.caption("Statements that all groups agree on");
    (!found.is_empty())
        .then(|| Table::grouped("t-o-shared".to_owned(), caption, by_group_heads(opinions), found.into_iter()))
        .map(|table| table.of(&basis(opinions), text))
}

/// Statements on which the test finds a difference, the greatest between two groups' shares first.
fn differing(opinions: &Opinions) -> Vec<&OpinionStatement> {
    let spread = |statement: &OpinionStatement| {
        let shares = || statement.groups.iter().flatten().map(|votes| votes.agree_share);
        shares().fold(0.0, f64::max) - shares().fold(1.0, f64::min)
    };
    let mut found: Vec<&OpinionStatement> =
        opinions.statements.iter().filter(|statement| statement.p.is_some_and(|p| p <= ALPHA)).collect();
    found.sort_by(|a, b| spread(b).total_cmp(&spread(a)));
    found
}

fn tested(opinions: &Opinions, differing: usize) -> String {
    let tested = opinions.statements.iter().filter(|statement| statement.p.is_some()).count();
    format!(
        "The test finds a difference between the groups on {} of {}. The groups that it compares were made without the votes on the statement, for groups made with them always differ; p is corrected for the number of statements (Holm).",
        grouped(differing as u64),
        counted(tested as u64, "statement", "statements"),
    )
}

/// What everyone together agrees to, or disagrees with, most clearly.
fn together(opinions: &Opinions, text: &Words<'_>) -> Option<Table> {
    let side = |keys: &[String]| -> Vec<Vec<Cell>> {
        let known = keys.iter().filter_map(|key| opinions.statements.iter().find(|statement| statement.key() == *key));
        let rows = known.filter_map(|statement| {
            let votes = statement.votes.as_ref()?;
            let n = votes.agree + votes.disagree + votes.pass;
            let of = |count: u64| Cell::figure(&percent(count as f64 / n.max(1) as f64));
            let head = Cell::head(text.label(&statement.label));
            Some(vec![head, of(votes.agree), of(votes.disagree), Cell::figure(&grouped(n))])
        });
        rows.collect()
    };
    let found = sides(
        "Most people are for it",
        side(&opinions.agreed),
        "Most people are against it",
        side(&opinions.disagreed),
    );
    let columns =
        vec![words("Statement"), shows(&figures::FOR), shows(&figures::VOTES_AGAINST), shows(&figures::VOTED)];
    let caption = text.caption("Statements that everyone together is clearest about");
    (!found.is_empty())
        .then(|| Table::grouped("t-o-together".to_owned(), caption, columns, found.into_iter()))
        .map(|table| table.of(&everyone(opinions), text))
}

fn tried(opinions: &Opinions, text: &Words<'_>) -> Option<Table> {
    let columns = vec![
        words("Groups"),
        shows(&figures::SILHOUETTE),
        shows(&figures::STABILITY),
        words("Every group is large enough"),
        words("Counts"),
    ];
    let rows: Vec<Vec<Cell>> = opinions
        .tried
        .iter()
        .map(|tried| {
            let (large, stable) = (tried.large_enough, tried.stability >= opinions.least_stability);
            vec![
                Cell::head(Html::text(&tried.groups.to_string())),
                Cell::figure(&decimal(tried.silhouette)),
                Cell::figure(&decimal(tried.stability)),
                Cell::words(if large { "Yes" } else { "No" }),
                Cell::words(match (large, stable) {
                    (true, true) if tried.groups == opinions.groups.len() as u64 => "Shown",
                    (true, true) => "Stable, with a lower silhouette",
                    (_, false) => "Not stable",
                    (false, true) => "A group is too small",
                }),
            ]
        })
        .collect();
    let caption = format!(
        "Numbers of groups that were tried; a stability of {} and at least {} in each group are asked for",
        decimal(opinions.least_stability),
        counted(opinions.least_group, "person", "people")
    );
    (!rows.is_empty())
        .then(|| Table::new("t-o-tried".to_owned(), text.caption(&caption), columns, rows))
        .map(|table| table.of(&basis(opinions), text))
}
