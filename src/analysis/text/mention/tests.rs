//! Sentences written by hand as health staff write, with what a reader says that they mention.

use super::Polarity::{Against, For, Unclear};
use super::{Mentioned, Polarity, Wording, by_theme, mentions, stem};
use proptest::prelude::{any, proptest};

fn interventions() -> Vec<Wording> {
    let of = |label: &str, phrases: &[&str]| Wording {
        label: label.to_string(),
        phrases: phrases.iter().map(|phrase| (*phrase).to_string()).collect(),
    };
    vec![
        of(
            "Protected time to learn for everyone who works with data and technology",
            &["protected time", "study leave"],
        ),
        of("A national digital academy that anyone leading change can join", &[]),
        of("Digital literacy for every member of staff, whatever their job", &["basic IT skills"]),
        of("Clinical informatics fellowships for doctors", &[]),
        of("Local learning networks open to all staff", &[]),
        of("Accreditation for digital project and programme managers", &[]),
        of("AI scribes that write the notes of consultations", &["ai scribes"]),
        of("One career framework for every informatics role", &[]),
    ]
}

const TIME: usize = 0;
const ACADEMY: usize = 1;
const LITERACY: usize = 2;
const FELLOWS: usize = 3;
const NETWORKS: usize = 4;
const ACCREDITATION: usize = 5;
const SCRIBES: usize = 6;
const CAREER: usize = 7;

const CASES: &[(&str, &[(usize, Polarity)])] = &[
    ("We need protected time or nobody will ever do the e-learning", &[(TIME, For)]),
    ("There is not enough protected time on nights", &[(TIME, For)]),
    ("No protected time, no learning. Simple as that", &[(TIME, For)]),
    ("I have never had study leave in ten years", &[(TIME, For)]),
    ("Study leave would help more than anything else on this list", &[(TIME, For)]),
    ("Please give us time to learn the new technology before it goes live", &[(TIME, For)]),
    ("I don't think protected time is the answer when the rota has holes", &[(TIME, Against)]),
    ("Protected time is a waste when it gets cancelled every week", &[(TIME, Against)]),
    ("Our ward tried protected time last year", &[(TIME, Unclear)]),
    ("Protected time should not be only for people in data roles", &[(TIME, Against)]),
    ("A national academy would make it easier to learn from each other", &[(ACADEMY, For)]),
    ("The digital academy should be open to porters too", &[(ACADEMY, For)]),
    ("We do not need another national academy", &[(ACADEMY, Against)]),
    ("Spend it on the wards rather than a digital academy", &[(ACADEMY, Against)]),
    ("Instead of a national academy we need laptops that work", &[(ACADEMY, Against)]),
    ("A digital academy is not a waste of money if it is done well", &[(ACADEMY, For)]),
    ("My cousin went to the national digital academy", &[(ACADEMY, Unclear)]),
    ("Digital academies are a gimmick", &[(ACADEMY, Against)]),
    ("Digital literacy must come first for all of us", &[(LITERACY, For)]),
    ("Basic IT skills are lacking on every shift", &[(LITERACY, For)]),
    ("Half the team cannot attach a file, so digital literacy is essential", &[(LITERACY, For)]),
    ("Digital literacy courses are patronising", &[(LITERACY, Against)]),
    ("Staff don't need digital literacy, they need systems that work", &[(LITERACY, Unclear)]),
    ("Basic IT skills were covered at induction", &[(LITERACY, Unclear)]),
    ("More fellowships in clinical informatics please", &[(FELLOWS, For)]),
    ("Informatics fellowships for doctors are a great idea", &[(FELLOWS, For)]),
    ("Why should doctors get fellowships again and nurses nothing", &[(FELLOWS, Unclear)]),
    ("I am against fellowships that only doctors can have", &[(FELLOWS, Against)]),
    ("A clinical fellowship changed my career and I would love more of them", &[(FELLOWS, For)]),
    ("Scrap the fellowships for doctors", &[(FELLOWS, Against)]),
    ("Learning networks across local trusts would help small teams", &[(NETWORKS, For)]),
    ("Our local network is the best thing about this job and we need more of it", &[(NETWORKS, For)]),
    ("Local networks are pointless if managers never let you go", &[(NETWORKS, Against)]),
    ("I run a local learning network in Leeds", &[(NETWORKS, Unclear)]),
    ("Local learning networks won't work without funding", &[(NETWORKS, Unclear)]),
    ("Project managers need accreditation like any other profession", &[(ACCREDITATION, For)]),
    ("Accredited programme managers are vital", &[(ACCREDITATION, For)]),
    ("Accreditation of project managers is unnecessary bureaucracy", &[(ACCREDITATION, Against)]),
    ("Stop making project managers pay for accreditation", &[(ACCREDITATION, Against)]),
    ("There are too many accredited programme managers already", &[(ACCREDITATION, Against)]),
    ("AI scribes would save me an hour a clinic, yes please", &[(SCRIBES, For)]),
    ("We don't want AI scribes listening to our patients", &[(SCRIBES, Against)]),
    ("AI scribes are dangerous", &[(SCRIBES, Against)]),
    ("AI scribes can't come soon enough", &[(SCRIBES, For)]),
    ("I couldn't agree more with AI scribes", &[(SCRIBES, For)]),
    ("Not sure about AI scribes", &[(SCRIBES, Unclear)]),
    ("We need more secretaries instead of AI scribes", &[(SCRIBES, Against)]),
    ("AI scribes are useful but dangerous", &[(SCRIBES, Unclear)]),
    ("Let a scribe write the notes and give me back my consultations", &[(SCRIBES, For)]),
    ("A clear career framework is long overdue", &[(CAREER, For)]),
    ("There is no career framework for informatics, so people leave", &[(CAREER, For)]),
    ("One framework for every role makes no difference to my pay", &[(CAREER, Against)]),
    ("We lack informatics roles with a career in them", &[(CAREER, For)]),
    ("Career frameworks already exist, stop writing new ones", &[(CAREER, Against)]),
    ("Protected time is vital. We don't need another digital academy", &[(TIME, For), (ACADEMY, Against)]),
    ("More fellowships for doctors please, but AI scribes are a waste of money", &[(FELLOWS, For), (SCRIBES, Against)]),
    ("Digital literacy and protected time are what we need", &[(LITERACY, For), (TIME, For)]),
    // What mentions none.
    ("The staff were kind and the food was warm", &[]),
    ("Parking costs too much", &[]),
    ("Please fix the wifi on ward 6", &[]),
    ("I have no time to eat my lunch", &[]),
    ("The doctors never write back to us", &[]),
    ("My manager is great", &[]),
    ("Everyone should be paid more for the job they do", &[]),
    ("We need more nurses, not more data", &[]),
    ("The network goes down every Monday", &[]),
    ("Open the canteen at night for all staff", &[]),
    ("Local buses do not run after nine", &[]),
    ("Change takes too long here", &[]),
    ("Notes get lost between wards", &[]),
    ("Nothing", &[]),
];

#[test]
fn most_of_what_a_reader_finds_is_found_and_little_else() {
    let texts: Vec<&str> = CASES.iter().map(|(text, _)| *text).collect();
    let found = mentions(&texts, &interventions());
    let (mut right, mut polar) = (0_usize, 0_usize);
    for mention in &found {
        let (text, meant) = CASES[mention.text];
        match meant.iter().find(|(intervention, _)| *intervention == mention.intervention) {
            Some((_, polarity)) => {
                right += 1;
                polar += usize::from(*polarity == mention.polarity);
                if *polarity != mention.polarity {
                    println!("{polarity:?} but said {:?}: {text}", mention.polarity);
                }
            }
            None => println!("not meant, {} by {:?}: {text}", mention.intervention, mention.evidence),
        }
        assert!(!mention.evidence.is_empty() && text.get(mention.clause.clone()).is_some());
    }
    let meant: usize = CASES.iter().map(|(_, meant)| meant.len()).sum();
    for (at, (text, meant)) in CASES.iter().enumerate() {
        for (intervention, _) in
            meant.iter().filter(|(one, _)| !found.iter().any(|m| m.text == at && m.intervention == *one))
        {
            println!("missed {intervention}: {text}");
        }
    }
    println!(
        "{} sentences, {meant} mentions; said {}, right {right}, polarity right {polar}",
        CASES.len(),
        found.len()
    );
    assert!(CASES.len() >= 60);
    assert!(right as f64 / meant as f64 >= 0.9 && right as f64 / found.len() as f64 >= 0.9);
    assert!(polar as f64 / right as f64 >= 0.85);
}

#[test]
fn a_phrase_is_had_word_by_word_and_asks_with_more() {
    let wording = |phrase: &str| Wording { label: "Wards".to_string(), phrases: vec![phrase.to_string()] };
    let wordings = [wording("more staff"), wording("car parking")];
    let told = |text: &str| {
        mentions(&[text], &wordings).iter().map(|one| (one.intervention, one.polarity)).collect::<Vec<_>>()
    };
    assert_eq!(told("More staff."), [(0, For)]);
    assert_eq!(told("We do not want more staff"), [(0, Against)]);
    assert_eq!(told("Car parking at the clinic"), [(1, Unclear)]);
    assert_eq!(told("The car park at the clinic"), []);
}

#[test]
fn a_reason_that_says_what_is_lacking_refuses_nothing() {
    for (text, polarity) in [
        ("Protected time: nobody covers my shifts while I study", Unclear),
        ("Protected time would help, because we never get released", For),
        ("Protected time because my work is not seen as a profession", Unclear),
        ("Protected time: a waste of money", Against),
        ("We don't want protected time because it is never given", Against),
        ("No protected time: never asked for it", Against),
    ] {
        let found = mentions(&[text], &interventions());
        assert_eq!(found.iter().map(|one| one.polarity).collect::<Vec<_>>(), [polarity], "{text}");
    }
}

#[test]
fn words_that_come_of_one_another_count_as_one() {
    for (a, b) in [
        ("training", "trained"),
        ("recruitment", "recruiting"),
        ("digitally", "digital"),
        ("leaders", "leadership"),
        ("academies", "academy"),
        ("accreditation", "accredited"),
    ] {
        assert_eq!(stem(a), stem(b));
    }
    assert_ne!(stem("career"), stem("care"));
}

#[test]
fn a_person_counts_once_in_the_table_of_themes() {
    let texts = [
        "Protected time is vital. Protected time is essential here",
        "Protected time is a waste",
        "Protected time exists here",
        "No view",
    ];
    let found = mentions(&texts, &interventions());
    let table = by_theme(&found, &[Some(0), Some(0), Some(1), None], (2, 8));
    assert_eq!(table[0][TIME], Mentioned { people_for: 1, people_against: 1, people_unclear: 0 });
    assert_eq!(table[1][TIME], Mentioned { people_for: 0, people_against: 0, people_unclear: 1 });
    assert!(mentions(&texts, &[]).is_empty());
}

proptest! {
    #[test]
    fn any_texts_and_wordings_give_mentions_within_them(text in any::<String>(), label in any::<String>()) {
        let texts = [text.as_str(), &label];
        for mention in mentions(&texts, &[Wording { label: label.clone(), phrases: vec![text.clone()] }]) {
            assert!(texts[mention.text].get(mention.clause.clone()).is_some());
            assert!((0.0..=1.0 + 1e-9).contains(&mention.share));
        }
    }
}
