//! What is typed or pasted means the same with characters around it that nobody sees, and codes however they are grouped.

#![cfg(test)]

use canvass::definition::parse;
use canvass::item::{Answer, Fields, Item, Reading, tidy};
use canvass::response::code::{Receipt, Token};
use proptest::prelude::*;
use serde_json::json;

/// Spaces and characters of no width that come with pasting.
fn unseen() -> impl Strategy<Value = String> {
    let one = prop::sample::select(vec![
        " ", "\t", "\n", "\r\n", "\u{a0}", "\u{2009}", "\u{3000}", "\u{200b}", "\u{200e}", "\u{200f}", "\u{2060}",
        "\u{feff}",
    ]);
    prop::collection::vec(one, 0..5).prop_map(|all| all.concat())
}

fn item(kind: &serde_json::Value) -> Item {
    let mut question = json!({"id": "q", "text": "Q?"});
    question.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
    let survey = json!({"format": 1, "id": "typed", "title": "Typed", "pages": [{"id": "p", "questions": [question]}]});
    parse(&survey.to_string()).survey.unwrap().item("q").unwrap().clone()
}

fn read(item: &Item, field: &str, typed: &str) -> Reading {
    item.read(&Fields(vec![(field.to_string(), typed.to_string())]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_kept_without_what_is_unseen_around_it(text in "\\PC{0,12}", before in unseen(), after in unseen()) {
        let kept = tidy(&text);
        prop_assert_eq!(&tidy(&format!("{before}{text}{after}")), &kept);
        prop_assert_eq!(&tidy(&kept), &kept, "and tidying again changes nothing");
        let question = item(&json!({"type": "text"}));
        prop_assert_eq!(read(&question, "q", &format!("{before}{text}{after}")), read(&question, "q", &text));
    }

    #[test]
    fn a_number_is_read_without_what_is_unseen_around_it(
        number in prop_oneof![
            (-3_000_i32..3_000, 0..100_u8).prop_map(|(whole, hundredths)| format!("{whole}.{hundredths:02}")),
            (0..4_000_u32).prop_map(|n| n.to_string()),
            "[0-9]{1,3},[0-9]{3}",
            "[0-9 .,+-]{0,8}",
        ],
        before in unseen(),
        after in unseen(),
    ) {
        let question = item(&json!({"type": "number", "min": -5000, "max": 5_000_000, "decimals": 2}));
        prop_assert_eq!(read(&question, "q", &format!("{before}{number}{after}")), read(&question, "q", &number));
    }

    #[test]
    fn a_code_is_read_however_it_is_grouped(
        bytes in any::<[u8; 26]>(),
        gaps in prop::collection::vec(prop_oneof![Just(String::new()), Just("-".to_string()), unseen()], 27),
        small in any::<bool>(),
    ) {
        let token = Token::from_random(bytes);
        let grouped = |code: &str| {
            let mut typed = gaps[0].clone();
            for (letter, gap) in code.chars().zip(&gaps[1..]) {
                typed.push(if small { letter.to_ascii_lowercase() } else { letter });
                typed.push_str(gap);
            }
            typed
        };
        let typed = grouped(token.as_str());
        prop_assert_eq!(Token::read(&typed), Some(token.clone()), "{:?}", typed);
        let receipt = token.receipt();
        let typed = grouped(receipt.as_token().as_str());
        prop_assert_eq!(Receipt::read(&typed), Some(receipt), "{:?}", typed);
    }
}

#[test]
fn what_stands_within_a_text_stays() {
    let question = item(&json!({"type": "text"}));
    assert_eq!(read(&question, "q", " a  b\u{200b}c ").answer, Some(Answer::Text("a  b\u{200b}c".into())));
    assert_ne!(read(&question, "q", "ab").answer, read(&question, "q", "a b").answer);
}
