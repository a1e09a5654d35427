//! How a consultation goes, as staff see it: every figure is that of the database, and none tells of one person.

#![cfg(test)]

use canvass::service::live::{self, Stop};
use canvass::service::simulate;
use canvass::service::time::Moment;
use serde_json::json;

use crate::app::TestApp;
use crate::db::each_db;

const LEAST: std::time::Duration = std::time::Duration::from_millis(1_100);

/// Three pages, of which the second is for those who said yes.
fn definition() -> String {
    json!({
        "format": 1, "id": "garden", "title": "The garden", "language": "en",
        "privacy": {"notice": "Nothing is kept but your answers.", "min_cell": 5},
        "pages": [
            {"id": "first", "title": "First", "questions": [{"id": "digs", "type": "single", "text": "Do you dig?", "required": true, "segment": true,
                "options": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]}]},
            {"id": "second", "title": "Second", "show_if": "digs == 'yes'", "questions": [{"id": "depth", "type": "text", "text": "How deep?"}]},
            {"id": "third", "title": "Third", "questions": [{"id": "why", "type": "text", "text": "Why?"}]}
        ]
    })
    .to_string()
}

fn stops(of: &[Stop]) -> Vec<(Option<&str>, u64, u64)> {
    of.iter().map(|stop| (stop.page.as_deref(), stop.reached, stop.here)).collect()
}

each_db! {
    fn where_people_stop_is_told_by_pages_that_everyone_is_asked(db) {
        let app = TestApp::start(db).with_definition(&definition());
        // At the first page, at the second which only some are asked, at the third, at the end of all, and done.
        app.respondent("garden");
        app.respondent("garden").tick("digs", "yes").continue_();
        app.respondent("garden").tick("digs", "no").continue_();
        app.respondent("garden").tick("digs", "no").continue_().continue_();
        app.respondent("garden").tick("digs", "yes").continue_().continue_().continue_().continue_().expect("Answers sent");
        let seen = live::look(&app.library, "garden", Moment::now()).unwrap();
        assert_eq!((seen.totals.sent, seen.totals.under_way, seen.totals.withdrawn), (1, 4, 0));
        assert_eq!(
            stops(&seen.details.stops),
            [(Some("first"), 5, 2), (Some("third"), 3, 1), (None, 2, 1)]
        );
        assert!(seen.details.stops.iter().all(|stop| stop.idle == 0));
        assert_eq!(seen.details.days, [(Moment::now().day(), 1)]);
        assert!(seen.details.so_far.groups.is_empty(), "one person is not told of");

        let tomorrow = Moment::now().plus(24 * 3600);
        std::thread::sleep(LEAST);
        live::refresh(&app.library, "garden", tomorrow).unwrap();
        let seen = live::look(&app.library, "garden", tomorrow).unwrap();
        assert!(seen.details.stops.iter().all(|stop| stop.idle == stop.here));
        assert_eq!(seen.details.days, [(Moment::now().day(), 1), (tomorrow.day(), 0)]);
    }

    fn groups_are_counted_anew_only_with_ten_more_people(db) {
        let app = TestApp::start(db).with_survey("digital-ready-workforce");
        let id = "digital-ready-workforce";
        let look = || {
            std::thread::sleep(LEAST);
            live::refresh(&app.library, id, Moment::now()).unwrap();
            live::look(&app.library, id, Moment::now()).unwrap()
        };
        simulate::simulate(&app.library, id, 200, 1, Moment::now(), &|_, _| {}).unwrap();
        let first = look();
        let so_far = &first.details.so_far;
        assert_eq!((first.totals.sent, first.totals.simulated, so_far.n), (200, 200, 200));
        let report = canvass::service::report::build(&app.library, id, 7, &|_, _| {}).unwrap();
        for groups in &so_far.groups {
            let same = report.questions.iter().find(|question| question.label == groups.label).unwrap();
            assert_eq!(groups.n, same.n);
            for ((row, _), published) in groups.rows.iter().zip(&same.rows) {
                assert!(row.count.is_none() || row.count == published.count, "{}", groups.label);
                assert!(row.count.is_none_or(|count| count == 0 || count >= 10), "{}: {:?}", groups.label, row.count);
            }
        }
        assert!(so_far.groups.iter().any(|groups| groups.rows.iter().any(|(row, share)| row.count.is_some() && share.is_some())));
        assert_eq!(so_far.support.len(), report.interventions.len());
        for (support, published) in so_far.support.iter().zip(&report.interventions) {
            assert_eq!(support.label, published.label);
            assert_eq!(support.sides.unwrap().iter().sum::<u64>(), published.support + published.neutral + published.oppose);
        }
        simulate::simulate(&app.library, id, 9, 2, Moment::now(), &|_, _| {}).unwrap();
        let second = look();
        assert_eq!((second.totals.sent, second.details.so_far.n), (209, 200));
        assert_eq!(second.details.so_far, *so_far);
        simulate::simulate(&app.library, id, 1, 3, Moment::now(), &|_, _| {}).unwrap();
        assert_eq!(look().details.so_far.n, 210);
    }

    fn the_page_shows_it(db) {
        let app = TestApp::start(db).with_survey("digital-ready-workforce");
        simulate::simulate(&app.library, "digital-ready-workforce", 1_061, 7, Moment::now(), &|_, _| {}).unwrap();
        app.respondent("digital-ready-workforce");
        let mut sam = app.staff();
        sam.open("/staff/surveys/digital-ready-workforce/live").expect_status(200);
        for part in [
            "<dt>Answers sent</dt><dd>1,061</dd>", "<dt>Begun and not sent</dt><dd>1</dd>", "1,061 of the responses are simulated",
            "of the population", "in favour ", "not each time that somebody looks",
        ] {
            sam.expect(part);
        }
        sam.open("/staff/surveys/unknown/live").expect_status(404);
    }
}
