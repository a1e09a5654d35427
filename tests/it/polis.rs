//! Conversations from Polis: what was voted there is what the report counts, on either database.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use canvass::analysis::report::Report;
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, import, publish, report};
use serde_json::Value;

use crate::data::data;
use crate::db::{Db, each_db};

const NOW: Moment = Moment(1_795_000_000);

/// Folder, results, id.
const CONVERSATIONS: [(&str, &str, &str); 3] = [
    ("london.youth.policing", "polis_london_youth_policing.json", "london"),
    ("scoop-hivemind.ubi", "polis_scoop_hivemind_ubi.json", "ubi"),
    ("vtaiwan.uberx", "polis_vtaiwan_uberx.json", "uberx"),
];

fn imported(library: &Library, folder: &Path, id: &str) -> Result<import::Imported, ServiceError> {
    import::polis(library, folder, id, NOW, &|_, _| {})
}

fn built(library: &Library, id: &str) -> Report {
    report::build(library, id, 7, &|_, _| {}).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

each_db! {
    fn every_statement_has_the_votes_that_polis_counted_overall_and_in_each_group(db) {
        let Some(data) = data() else {
            println!("skipped: no data");
            return;
        };
        let library = Library::new(db.store());
        for (folder, results, id) in CONVERSATIONS {
            let known: Value = serde_json::from_slice(&fs::read(data.join("polis").join(results)).unwrap()).unwrap();
            let imported = imported(&library, &data.join("polis").join(folder), id).unwrap();
            let report = built(&library, id);
            assert_eq!(report.base.completed, number(&known["row_counts"]["participants_with_votes"]), "{id}");
            let mut left_out = 0;
            for (statement, votes) in known["statements"].as_object().unwrap() {
                let all = ["agree", "disagree", "pass"].map(|key| number(&votes[key]));
                let Some(found) = report.interventions.iter().find(|known| known.id == *statement) else {
                    left_out += all.iter().sum::<u64>();
                    assert!(imported.losses.iter().any(|loss| loss.contains(&format!("statement {statement},"))), "{id} {statement}");
                    continue;
                };
                assert_eq!([found.support, found.oppose, found.neutral], all, "{id} {statement}");
                assert_eq!(found.n, all.iter().sum::<u64>(), "{id} {statement}");
                assert_eq!(found.withdrawn, votes["moderated"] == -1, "{id} {statement}");
                for (group, counts) in votes["groups"].as_object().unwrap() {
                    let shown = found.segments.iter().find(|shown| shown.group == *group).unwrap();
                    let [agree, disagree, seen] = ["na", "nd", "ns"].map(|key| Some(number(&counts[key])));
                    assert_eq!((shown.support, shown.oppose, shown.n), (agree, disagree, seen), "{id} {statement} {group}");
                }
            }
            assert_eq!(imported.votes as u64 + left_out, number(&known["row_counts"]["votes"]), "{id}");
            for (group, size) in known["published_group_sizes"].as_object().unwrap() {
                let shown = report.segments[0].groups.iter().find(|shown| shown.id == *group).unwrap();
                assert_eq!(shown.n, Some(number(size)), "{id} {group}");
            }
            assert!(report.notices.iter().any(|notice| notice.code == "imported"));
        }
    }

    fn of_several_votes_the_last_counts_and_what_cannot_be_used_is_told(db) {
        let folder = Export::small();
        let library = Library::new(db.store());
        let imported = imported(&library, folder.path(), "small").unwrap();
        assert_eq!((imported.statements, imported.participants, imported.votes), (3, 3, 6));
        assert_eq!(imported.losses, ["1 vote on statement 9, which has no text in comments.csv"]);
        let report = built(&library, "small");
        let counted: Vec<(&str, [u64; 4], bool)> = report
            .interventions
            .iter()
            .map(|one| (one.id.as_str(), [one.support, one.neutral, one.oppose, one.missing], one.withdrawn))
            .collect();
        // Anna (7) changed her mind on statement 0 from against to for; the row that says so stands first in the file.
        assert_eq!(counted, [("0", [2, 0, 1, 0], false), ("1", [0, 1, 1, 1], false), ("2", [1, 0, 0, 2], true)]);
        assert_eq!(report.interventions[2].verdict.reason.as_deref(), Some("withdrawn"));
        assert_eq!(report.title, "Tea, \"coffee\" or water?");
        let listed = publish::list(&library).unwrap();
        assert!(!listed[0].is_open);
    }

    fn a_damaged_export_is_refused_and_leaves_nothing(db) {
        let library = Library::new(db.store());
        let lines = SMALL_VOTES.lines().count();
        let mut cuts: Vec<(&str, String)> = vec![
            ("votes.csv", SMALL_VOTES.lines().take(lines - 1).flat_map(|line| [line, "\n"]).collect()),
            ("votes.csv", SMALL_VOTES[..SMALL_VOTES.len() - 4].to_string()),
            ("votes.csv", String::new()),
            ("votes.csv", SMALL_VOTES.replace(",vote\n", ",direction\n")),
            ("votes.csv", SMALL_VOTES.replacen(",1\n", ",2\n", 1)),
            ("participants-votes.csv", SMALL_PARTICIPANTS.lines().take(2).flat_map(|line| [line, "\n"]).collect()),
            ("comments.csv", SMALL_COMMENTS.replace(",1,7,", ",no 1,7,")),
        ];
        // Cut inside the quoted text of the last statement.
        cuts.push(("comments.csv", SMALL_COMMENTS[..SMALL_COMMENTS.len() - 8].to_string()));
        for (name, text) in cuts {
            let folder = Export::small();
            fs::write(folder.path().join(name), &text).unwrap();
            let outcome = imported(&library, folder.path(), "small");
            let error = outcome.expect_err(&format!("{name}:\n{text}"));
            let said = error.to_string();
            assert!(said.contains(name) && !said.contains('\n'), "{said}");
            assert!(publish::list(&library).unwrap().is_empty(), "{said}");
        }
        let folder = Export::small();
        fs::remove_file(folder.path().join("votes.csv")).unwrap();
        assert!(imported(&library, folder.path(), "small").is_err());
        assert!(publish::list(&library).unwrap().is_empty());
    }

    fn an_id_that_is_taken_or_impossible_changes_nothing(db) {
        let folder = Export::small();
        let library = Library::new(db.store());
        imported(&library, folder.path(), "small").unwrap();
        let before = serde_json::to_string(&built(&library, "small")).unwrap();
        assert!(imported(&library, folder.path(), "small").unwrap_err().to_string().contains("already"));
        let said = imported(&library, folder.path(), "Bad Id").unwrap_err().to_string();
        assert!(said.contains("Bad Id") && said.contains("id"), "{said}");
        assert_eq!(serde_json::to_string(&built(&library, "small")).unwrap(), before);
        assert_eq!(publish::list(&library).unwrap().len(), 1);
    }
}

#[test]
fn the_report_is_the_same_to_the_byte_on_sqlite_and_postgres() {
    let Some(postgres) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let sqlite = Db::sqlite();
    let libraries = [Library::new(sqlite.store()), Library::new(postgres.store())];
    let mut folders = vec![("small".to_string(), Export::small().keep())];
    match data() {
        Some(data) => {
            folders.extend(CONVERSATIONS.map(|(folder, _, id)| (id.to_string(), data.join("polis").join(folder))));
        }
        None => println!("skipped: no data"),
    }
    for (id, folder) in &folders {
        let [one, other] = libraries.each_ref().map(|library| {
            imported(library, folder, id).unwrap();
            serde_json::to_string_pretty(&built(library, id)).unwrap()
        });
        assert_eq!(one, other, "{id}");
    }
    fs::remove_dir_all(&folders[0].1).unwrap();
}

#[test]
fn the_statements_of_a_conversation_keep_their_numbers() {
    let Some(data) = data() else {
        println!("skipped: no data");
        return;
    };
    let db = Db::sqlite();
    let library = Library::new(db.store());
    for (folder, _, id) in CONVERSATIONS {
        let folder = data.join("polis").join(folder);
        let imported = imported(&library, &folder, id).unwrap();
        let mut reader = csv::Reader::from_path(folder.join("comments.csv")).unwrap();
        let column = reader.headers().unwrap().iter().position(|name| name == "comment-id").unwrap();
        let mut ids: Vec<u64> = reader.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found: Vec<u64> = built(&library, id).interventions.iter().map(|one| one.id.parse().unwrap()).collect();
        assert_eq!(found, ids, "{id}");
        assert_eq!(imported.statements, ids.len(), "{id}");
        let mut reader = csv::Reader::from_path(folder.join("votes.csv")).unwrap();
        let mut last: BTreeMap<(String, String), (u64, String)> = BTreeMap::new();
        for row in reader.records() {
            let row = row.unwrap();
            let at = row[0].parse().unwrap();
            let key = (row[3].to_string(), row[2].to_string());
            if last.get(&key).is_none_or(|(earlier, _)| *earlier <= at) {
                last.insert(key, (at, row[4].to_string()));
            }
        }
        let with_text = last.keys().filter(|(_, statement)| ids.contains(&statement.parse().unwrap())).count();
        assert_eq!(imported.votes, with_text, "{id}");
    }
}

const SMALL_SUMMARY: &str =
    "topic,\"Tea, \"\"coffee\"\" or water?\"\nurl,https://example.org/1\nvoters,3\nconversation-description,\n";
const SMALL_COMMENTS: &str = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n\
    1000,x,1,7,0,1,0,Coffee\n1000,x,0,7,2,1,1,\"Tea,\nplease\"\n1000,x,2,8,1,0,-1,\"Moderated out\"\n";
const SMALL_VOTES: &str = "timestamp,datetime,comment-id,voter-id,vote\n\
    5000,x,0,7,1\n1000,x,0,7,-1\n1000,x,0,8,1\n1000,x,0,9,-1\n2000,x,1,8,-1\n2000,x,1,9,0\n3000,x,9,9,1\n3000,x,2,8,1\n";
const SMALL_PARTICIPANTS: &str = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2,9\n\
    7,0,1,1,1,0,1,,,\n8,0,1,3,2,1,1,-1,1,\n9,1,0,3,1,1,-1,0,,1\n";

/// An export of three people's votes on three statements.
pub(crate) struct Export;

impl Export {
    pub(crate) fn small() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("summary.csv", SMALL_SUMMARY),
            ("comments.csv", SMALL_COMMENTS),
            ("votes.csv", SMALL_VOTES),
            ("participants-votes.csv", SMALL_PARTICIPANTS),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }
}
