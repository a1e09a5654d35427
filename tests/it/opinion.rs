//! Opinion groups: Polis's statistics on the groups that Polis published, and what the report shows of groups.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use canvass::analysis::opinion::stats::{self, Standing};
use canvass::analysis::opinion::{Votes, components, reported::Opinions};
use canvass::analysis::report::Report;
use canvass::analysis::wall::{Tally, Vote};
use canvass::render::Renderer;
use canvass::render::report::report_html;
use canvass::service::time::Moment;
use canvass::service::{Library, import, report};
use canvass::store::Store;
use serde_json::Value;

use crate::data::data;
use crate::db::Db;

const NOW: Moment = Moment(1_795_000_000);

/// Folder, results.
const CONVERSATIONS: [(&str, &str); 3] = [
    ("london.youth.policing", "polis_london_youth_policing.json"),
    ("scoop-hivemind.ubi", "polis_scoop_hivemind_ubi.json"),
    ("vtaiwan.uberx", "polis_vtaiwan_uberx.json"),
];

/// A conversation as it was published.
struct Conversation {
    known: Value,
    /// Ids of the statements, by their numbers.
    ids: Vec<u64>,
    votes: Votes,
    /// The published group of each person.
    group_of: Vec<Option<usize>>,
}

/// Reads the raw votes in the order of their times, one person after the other; later ones take the place of earlier ones.
fn read(folder: &Path, known: &Path, with_moderated: bool) -> Conversation {
    let known: Value = serde_json::from_slice(&fs::read(known).unwrap()).unwrap();
    let out = moderated_out(&known);
    let ids: Vec<u64> = known["statements"].as_object().unwrap().keys().map(|id| id.parse().unwrap()).collect();
    let ids: Vec<u64> = ids.into_iter().filter(|id| with_moderated || !out.contains(id)).collect();
    let mut rows: Vec<(u64, u64, u64, Vote)> = Vec::new();
    for row in csv::Reader::from_path(folder.join("votes.csv")).unwrap().records() {
        let row = row.unwrap();
        let vote = match &row[4] {
            "1" => Vote::Agree,
            "-1" => Vote::Disagree,
            _ => Vote::Pass,
        };
        rows.push((row[0].parse().unwrap(), row[3].parse().unwrap(), row[2].parse().unwrap(), vote));
    }
    rows.sort_by_key(|row| row.0);
    let mut people: BTreeMap<u64, Vec<(usize, Vote)>> = BTreeMap::new();
    for (_, voter, statement, vote) in rows {
        if let Some(place) = ids.iter().position(|id| *id == statement) {
            people.entry(voter).or_default().push((place, vote));
        }
    }
    let mut groups: BTreeMap<u64, usize> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(folder.join("participants-votes.csv")).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "group-id").unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        if let Ok(group) = row[column].parse() {
            groups.insert(row[0].parse().unwrap(), group);
        }
    }
    let mut votes = Votes::new(ids.len());
    let mut group_of = Vec::new();
    for (voter, row) in people {
        votes.push(row);
        group_of.push(groups.get(&voter).copied());
    }
    Conversation { known, ids, votes, group_of }
}

fn near(found: f64, known: &Value, what: &str) {
    let known = known.as_f64().unwrap();
    assert!((found - known).abs() <= 1e-9 * known.abs().max(1.0), "{what}: {found}, not {known}");
}

#[test]
fn the_statistics_on_published_groups_are_those_of_polis() {
    let Some(data) = data() else {
        println!("skipped: no data");
        return;
    };
    for (folder, results) in CONVERSATIONS {
        let polis = data.join("polis");
        let Conversation { known, ids, votes, group_of } = read(&polis.join(folder), &polis.join(results), true);
        let k = known["published_group_sizes"].as_object().unwrap().len();
        let everyone = votes.tallies(1, |_| Some(0)).remove(0);
        let groups = votes.tallies(k, |person| group_of[person]);
        let out = moderated_out(&known);
        let mut standings: Vec<Vec<Option<Standing>>> = vec![Vec::new(); k];
        for (place, id) in ids.iter().enumerate() {
            let statement = &known["statements"][id.to_string()];
            let all = everyone[place];
            let counted = ["agree", "disagree", "pass"].map(|key| statement[key].as_u64().unwrap());
            assert_eq!([all.agree, all.disagree, all.pass], counted, "{folder} {id}");
            let cells: Vec<Tally> = groups.iter().map(|group| group[place]).collect();
            near(stats::group_informed_consensus(&cells), &statement["gic_agree"], folder);
            near(stats::group_informed_disagreement(&cells), &statement["gic_disagree"], folder);
            for group in 0..k {
                let others = cells.iter().enumerate().filter(|(other, _)| *other != group).map(|(_, tally)| tally);
                let found = Standing::new(cells[group], stats::together(others));
                let known = &statement["groups"][group.to_string()];
                let counts = ["na", "nd", "ns"].map(|key| known[key].as_u64().unwrap());
                assert_eq!([found.tally.agree, found.tally.disagree, found.tally.voted()], counts, "{folder} {id}");
                for (key, value) in [
                    ("pa", found.agree),
                    ("pd", found.disagree),
                    ("pat", found.agree_z),
                    ("pdt", found.disagree_z),
                    ("ra", found.agree_ratio),
                    ("rd", found.disagree_ratio),
                    ("rat", found.agree_ratio_z),
                    ("rdt", found.disagree_ratio_z),
                ] {
                    near(value, &known[key], &format!("{folder} {id} {group} {key}"));
                }
                standings[group].push((!out.contains(id)).then_some(found));
            }
        }
        for (group, standings) in standings.iter().enumerate() {
            let found = stats::representative(standings);
            let expected = known["repness"][group.to_string()].as_array().unwrap();
            assert_eq!(found.len(), expected.len(), "{folder} {group}");
            for (one, expected) in found.iter().zip(expected) {
                let side = if one.agrees { "agree" } else { "disagree" };
                let standing = standings[one.statement].unwrap();
                assert_eq!(side, expected["repful-for"].as_str().unwrap(), "{folder} {group}");
                assert_eq!(one.is_best_agreed, expected["best-agree"] == true, "{folder} {group}");
                let weight: f64 = ["repness", "repness-test", "p-success", "p-test"]
                    .map(|key| expected[key].as_f64().unwrap())
                    .iter()
                    .product();
                near(one.weight, &weight.into(), folder);
                // Which of two with the same weight comes first is nobody's rule.
                let ties = found.iter().filter(|other| (other.weight - one.weight).abs() < 1e-9).count();
                if ties == 1 {
                    assert_eq!(ids[one.statement], expected["tid"].as_u64().unwrap(), "{folder} {group}");
                    let known = if one.agrees { standing.tally.agree } else { standing.tally.disagree };
                    assert_eq!(known, expected["n-success"].as_u64().unwrap());
                }
            }
        }
        let shown: Vec<Option<Tally>> =
            ids.iter().zip(&everyone).map(|(id, tally)| (!out.contains(id)).then_some(*tally)).collect();
        for (found, side) in stats::consensus(&shown).iter().zip(["agree", "disagree"]) {
            let expected = known["consensus"][side].as_array().unwrap();
            assert_eq!(found.len(), expected.len(), "{folder} {side}");
            for (at, expected) in found.iter().zip(expected) {
                // Of two that are equally clear, nobody says which comes first.
                let tally = everyone[*at];
                let counted = if side == "agree" { tally.agree } else { tally.disagree };
                near((counted as f64 + 1.0) / (tally.voted() as f64 + 2.0), &expected["p-success"], folder);
                near(stats::one_proportion(counted, tally.voted()), &expected["p-test"], folder);
            }
        }
    }
}

fn moderated_out(known: &Value) -> BTreeSet<u64> {
    known["mod_out"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()
}

#[test]
fn the_first_direction_is_that_of_scikit_learn_on_the_filled_in_matrix() {
    let Some(data) = data() else {
        println!("skipped: no data");
        return;
    };
    for (folder, results) in CONVERSATIONS {
        let polis = data.join("polis");
        let Conversation { known, ids, votes, .. } = read(&polis.join(folder), &polis.join(results), false);
        let found = components(&votes.shuffled(7).0, 7);
        let pipeline = &known["recomputed_pipeline"];
        for (id, part) in ids.iter().zip(&found.axes[0]) {
            let known = pipeline["abs_pc1"][id.to_string()].as_f64().unwrap();
            assert!((part.abs() - known).abs() < 1e-6, "{folder} {id}: {part}, not {known}");
        }
        for k in 0..2 {
            let known = pipeline["explained_variance_ratio"][k].as_f64().unwrap();
            assert!((found.variance[k] / found.total - known).abs() < 1e-8, "{folder} {k}");
        }
    }
}

fn built(store: Store, id: &str) -> Report {
    report::build(&Library::new(store), id, 7, &|_, _| {}).unwrap()
}

#[test]
fn the_report_of_a_conversation_shows_its_groups_and_nobody_alone() {
    let Some(data) = data() else {
        println!("skipped: no data");
        return;
    };
    let db = Db::sqlite();
    let library = Library::new(db.store());
    import::polis(&library, &data.join("polis").join(CONVERSATIONS[2].0), "uberx", NOW, &|_, _| {}).unwrap();
    let report = built(db.store(), "uberx");
    let opinions: &Opinions = report.opinions.as_ref().unwrap();
    assert_eq!(opinions.outcome, "groups");
    assert_eq!(opinions.placed, opinions.groups.iter().map(|group| group.n).sum::<u64>());
    assert_eq!(opinions.statements.len(), report.interventions.iter().filter(|one| !one.withdrawn).count());
    for statement in &opinions.statements {
        let tallied = report.interventions.iter().find(|one| one.id == statement.id).unwrap();
        let votes = statement.votes.as_ref().unwrap();
        assert_eq!([votes.agree, votes.pass, votes.disagree], [tallied.support, tallied.neutral, tallied.oppose]);
    }
    let html = report_html(&Renderer::new().unwrap(), &report, "").unwrap();
    let section = html.split("<section class=\"canvass-opinions\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(section.matches("<circle").count(), opinions.groups.len(), "a disc a group and none a person");
    assert!(section.contains(&opinions.text.replace('\'', "&#x27;")));
}
