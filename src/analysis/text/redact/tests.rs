//! What is found in texts, and what is not.

use std::sync::LazyLock;

use proptest::prelude::{any, proptest};

use super::{Kind, Redactor};

/// Rules are compiled once for all cases.
static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::new);

#[test]
fn what_belongs_to_one_person_is_hidden_and_the_rest_stays() {
    let redactor = Redactor::new();
    for (text, quoted) in [
        ("Mail jo.bloggs+x@trust.nhs.uk now", "Mail [e-mail address] now"),
        ("Mail jo.bloggs at trust dot nhs dot uk", "Mail [e-mail address]"),
        ("See https://example.org/u/jo?x=1.", "See [web address]."),
        ("It is on www.example.org, I think", "It is on [web address], I think"),
        ("Our page is mytrust.nhs.uk/staff", "Our page is [web address]"),
        ("Call +44 20 7946 0958 please", "Call [phone number] please"),
        ("Call (020) 7946 0958 or bleep 1234", "Call [phone number] or bleep [phone number]"),
        ("NHS number 943 476 5919.", "NHS number [NHS number]."),
        ("NHS number 943 476 5918, mistyped", "NHS number [NHS number], mistyped"),
        ("９４３\u{a0}４７６\u{2011}５９\u{200b}１９ is mine", "[NHS number] is mine"),
        ("My NI is AB 12 34 56 C", "My NI is [NI number]"),
        ("I am a doctor, GMC 7654321", "I am a doctor, GMC [GMC number]"),
        ("PIN 12A3456E", "PIN [NMC PIN]"),
        ("I live at SW1A 1AA", "I live at [postcode]"),
        ("my postcode is ls6 2bt", "my postcode is [postcode]"),
        ("Born on 3rd May 1971 in York", "Born on [date of birth] in York"),
        ("DOB: 03/05/71", "DOB: [date of birth]"),
        ("Dr Anita Patel was kind", "Dr [name] was kind"),
        ("mrs jones was kind", "mrs [name] was kind"),
        ("My name is Jo and I work here", "My name is [name] and I work here"),
        ("A nurse called Sarah O'Neill helped", "A nurse called [name] helped"),
        ("Please act on this.\nKind regards,\nJo Bloggs", "Please act on this.\nKind regards,\n[name]"),
        ("Thank you to Emma, Jo and Ali on the ward", "Thank you to [name], [name] and [name] on the ward"),
    ] {
        assert_eq!(redactor.redact(text), quoted);
    }
    for text in [
        "In 2017, 1,061 people gave 4,160 answers",
        "Band 8a, ward 12, 24/7",
        "Forms show QQ 12 34 56 C as an example",
        "Order 1234567890 cost £9434765919",
        "Version 10.15.7 of 12/05/2021 at 10.30",
        "Will May be better? The Nurse Practitioner and the Doctor were late",
        "The NHS number of patients grew; call 111 or 999",
        "Take 5mg of b12 2ug on the 2nd",
        "Thanks to Leeds General Hospital",
        "A system called Lorenzo",
    ] {
        assert_eq!(redactor.redact(text), text);
    }
}

#[test]
fn details_that_overlap_are_hidden_as_one() {
    let found = Redactor::new().find("+44 943 476 5919 00");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].span.start, 0);
}

#[test]
fn each_kind_has_a_label_of_its_own() {
    let mut labels = Kind::ALL.map(Kind::label).to_vec();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), Kind::ALL.len());
}

proptest! {
    #[test]
    fn findings_of_any_text_are_whole_characters_in_order(text in any::<String>(), digits in "[0-9 .+@/A-Za-z-]{0,40}") {
        for text in [format!("{text} {digits}"), digits] {
            let found = REDACTOR.find(&text);
            assert!(found.iter().all(|one| text.get(one.span.clone()).is_some_and(|hidden| !hidden.is_empty())));
            assert!(found.is_sorted_by(|a, b| a.span.end <= b.span.start));
        }
    }
}
