//! Personal details in a labelled corpus of 2,000 invented sentences: how many are found, and how much of what is found
//! is one.
//!
//! Values are made by a seeded generator: check digits are computed here and not by the program, and a third of the values
//! stand in digits, spaces and hyphens of other widths, or with invisible characters between them.

#![cfg(test)]

use std::collections::BTreeMap;
use std::ops::Range;

use canvass::analysis::text::redact::{Finding, Kind, Redactor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SENTENCES: usize = 2_000;

/// Of so many sentences, two hold a structured identifier, two hold none but look like it, and one holds a name.
const CYCLE: usize = 5;

/// Around values of each kind: what says which kind it is, if anything.
const STRUCTURED: &[(Kind, &[&str])] = &[
    (
        Kind::NhsNumber,
        &[
            "My NHS number is {} and nobody could find my notes.",
            "They mixed me up with {}, another patient of the same age.",
            "Please look at record {} from last week",
            "rhif GIG {} oedd ar y llythyr",
            "({}) was on the wristband of the wrong bed",
            "nhs no: {}",
        ],
    ),
    (
        Kind::Email,
        &[
            "Write to {} if you want to hear more.",
            "I sent it to {}, who never answered",
            "{} is the only address that works",
            "Contact: {}",
        ],
    ),
    (
        Kind::Phone,
        &[
            "Ring me on {} after six.",
            "My daughter's number is {} if I am not in",
            "Nobody answers {}.",
            "mobile {} or leave a note",
            "I left {} as my contact and heard nothing",
        ],
    ),
    (
        Kind::Postcode,
        &[
            "There is no bus from {} to the hospital.",
            "I live in {} and wait longer than my friend two streets away",
            "the van came to {} instead of next door",
            "Address: 12 High Street, {}",
        ],
    ),
    (
        Kind::NiNumber,
        &[
            "Payroll lost my details, {}, twice.",
            "My National Insurance number is {}",
            "NI {} was on the form for everyone to see",
        ],
    ),
    (Kind::Url, &["I wrote about it at {}.", "See {} for what we did in our team", "the form on {} does not load"]),
    (
        Kind::GmcNumber,
        &[
            "I am a registrar, GMC {}, and I am leaving.",
            "The doctor (GMC number {}) would not listen",
            "GMC reference {} is mine",
            "{} is my GMC number",
        ],
    ),
    (
        Kind::NmcPin,
        &[
            "My PIN {} expired while I was off sick.",
            "NMC {} here, ten years qualified",
            "A nurse with {} on her badge",
        ],
    ),
    (
        Kind::BirthDate,
        &[
            "I was born on {} and still work nights.",
            "DOB {}",
            "date of birth: {}, ward 6",
            "My mother, born {}, waited nine hours",
            "{} is my date of birth",
            "Patient aged 74 ({}) sent home alone",
        ],
    ),
];

const NAMES: &[&str] = &[
    "Dr {} explained it all.",
    "Mrs {} in the next bed was ignored",
    "My name is {} and I am a porter.",
    "A nurse called {} stayed with me",
    "The waits are too long.\nKind regards,\n{}",
    "Thank you to {} for the kindness shown",
    "our manager {} never listens",
    "I spoke to {}, and it was sorted",
    "Prof. {} leads the study",
    "My husband {} was seen at once",
];

const PEOPLE: &[&str] = &[
    "Anita Patel",
    "Siobhán O'Neill",
    "Łukasz Nowak",
    "Mohammed Al-Farsi",
    "Emma",
    "Rhys Evans",
    "Chidi Okafor",
    "Nguyễn Thị Mai",
    "J. Smith",
    "Zoë Baker-Jones",
    "Mary Ann Lee",
    "Dimitri",
    "Sunita Rao",
    "Olumide",
    "Pieter van Dijk",
];

/// How values are written: `#` is a digit, `%` a digit from 1 to 9.
const FORMS: &[(Kind, &[&str])] = &[
    (
        Kind::Email,
        &[
            "jo.bloggs@trust.nhs.uk",
            "a.patel%@nhs.net",
            "Mary-Ann.LEE@Example.ORG",
            "o'neill_s+survey@hospital.example.co.uk",
            "zoë@example.com",
            "x%%@my-mail.info",
            "ward%.sister@nhs.wales",
            "jo.bloggs (at) trust.nhs.uk",
            "jo at example dot com",
            "ellis@trust.scot.nhs.uk",
            "JO@EXAMPLE.COM",
            "jo @ example.com",
        ],
    ),
    (
        Kind::Phone,
        &[
            "07700 900###",
            "07700900###",
            "+44 7700 900###",
            "+447700900###",
            "+44 (0)20 7946 0###",
            "0044 20 7946 0###",
            "020 7946 0###",
            "(0113) 496 0###",
            "0113 496 0###",
            "01632 960###",
            "01632 960 ###",
            "0800 ### ####",
            "077 00 90 0# ##",
            "07700-900-###",
            "07700.900.###",
            "+353 86 %## ####",
            "+91 98### #####",
            "+234 803 ### ####",
            "+48 6## ### ###",
            "+1 (202) 555-01##",
            "00 33 1 99 00 ## ##",
            "0 7 7 0 0 9 0 0 # # #",
        ],
    ),
    (
        Kind::Postcode,
        &[
            "SW1A %AA", "M% %AE", "B3# %TH", "CR2 %XH", "DN55 %PT", "EC1A %BB", "CF1# %NH", "LL57 %DG", "BT9 %AB",
            "EH%# %YZ", "ls6 %bt", "M%%AE", "cf10%nh", "W1A %HQ", "LS%# %BT", "Ne1 %qb", "HX% %UZ",
        ],
    ),
    (
        Kind::NiNumber,
        &["AB ## ## ## C", "CE######A", "jt ## ## ## d", "PX-##-##-##-B", "wm######c", "SH ###### A", "LB.##.##.##.D"],
    ),
    (
        Kind::Url,
        &[
            "https://example.org/u/jo?x=#",
            "http://www.example.co.uk/~jo",
            "www.my-ward.example/page#",
            "jobloggs.blogspot.com",
            "mytrust.nhs.uk/staff/jo",
            "facebook.com/jo.bloggs.##",
            "HTTPS://EXAMPLE.ORG/JO",
            "gwasanaeth.cymru/jo",
        ],
    ),
    (Kind::NmcPin, &["0#A####E", "1#D####S", "9#l####w", "8#I####O", "2#H####N"]),
    (
        Kind::BirthDate,
        &[
            "0%/0%/19%#",
            "11.11.19%#",
            "1%-0%-6#",
            "19%#-0%-1#",
            "3rd May 19%#",
            "%th of March 19%#",
            "12 Jan 7#",
            "February 1%, 19%#",
            "0% 0% 19%#",
            "%-Jun-19%#",
            "3 Mai 19%#",
            "1%/0%/7#",
        ],
    ),
    (Kind::GmcNumber, &["%######"]),
];

/// What looks like a personal detail and is none. `#` is a digit, `%` a digit from 1 to 9.
const NEGATIVE: &[&str] = &[
    "Order %######### never arrived.",
    "Invoice number %####### was paid twice",
    "It cost £%##.## and then £%,###,###.",
    "£%######### for a system that does not work",
    "Version 10.%#.%# broke the record viewer",
    "IP address 10.%#.%#.%# was blocked",
    "I waited from 10.%# to 14.%# on 12/0%/2021.",
    "Clinic moved from 0%/11/2022 to 0%/12/2022 at 09:%0",
    "Bed %# on ward 1%, bay %",
    "May was worse than April. Will it get better?",
    "Will the trust act in May?",
    "The Nurse Practitioner and the Ward Sister were kind",
    "Staff Nurse Band 5 posts are empty",
    "The Doctor was late; the Consultant Surgeon was not",
    "Sister Ward 6 was closed",
    "Take 5%0 mg of paracetamol %x a day, then 2%mg",
    "b12 2ug and d3 1#ug a day",
    "the NHS number of patients grows by %# % a year",
    "The NHS number must be on every letter",
    "Call 111 or 999, not 0%",
    "Since 199% we have had 20%# changes",
    "In 2017, 1,061 people gave 4,160 answers",
    "The budget rose from %,###,### to %,###,###",
    "We need 1%,000 nurses and 2%,000 beds by 2030.",
    "COVID19 and H1N1 hit room E12 hard",
    "A4 paper, B5 forms and an M25 queue",
    "P45 and P60 came late",
    "Scores: 3-2, 4-%, 10-1#",
    "Ratio 1:%#, 1:8 at night",
    "room W1% 2nd floor",
    "bus e2 1st stop, then n1% 3rd",
    "Windows 10 22H2 build 19045.%###",
    "Ticket INC00%##### is still open",
    "Serial SN%########### failed",
    "Blood pressure 1%0/8# and pulse 7%",
    "HbA1c 4% mmol/mol, eGFR 6%",
    "ICD code F3%.1 and E11.%",
    "SNOMED code %######## is wrong",
    "Form FW8, form BD8 and form SF%##",
    "The 10 000 000 people who use it",
    "A system called Lorenzo replaced the old one",
    "We called Monday and again on Tuesday",
    "Thanks to Leeds General Hospital for a good service",
    "Thank you to everyone",
    "Thanks, all good",
    "Kind staff. Best wishes to all",
    "Dr appointments are hard to get",
    "the dr said nothing; mr scan was lost",
    "My name is on the list twice",
    "I am a nurse at grade 6.5 and 7.%",
    "He was @ home, 5 @ night",
    "e.g. more staff, i.e. better care.Thanks",
    "and so on...no change/some change",
    "Born in a hospital 50 years ago",
    "My son was born here in the night",
    "Birthday cards for staff on 5 May",
    "She is aged 7%, seen in March 2021 once",
    "PIN pads and NMC fees of £120",
    "GMC guidance of 2013, pages 12 to 1%",
    "GMC fees rose by £4%# in 2022",
    "extension of the ward by %# beds",
    "Text 8 came at 10.%0, text 9 at 11.%0",
    "ring fence £%,###,### of funds",
    "phone lines were down for 48 hours in 202%",
    "Room 01 02 03 on floor 04",
    "Chapter 3.%.1, page 12%, line 4",
    "Batch 21/%###/A was recalled",
    "Reg plate rule from 01/09/2021 and 01/03/2022",
    "ISO 27001:2013, ISO 13485, BS 577%",
    "Salary of %#,### to %#,### a year",
    "Great surgery, kind Reception, clean Outpatients",
    "Nurse Led Clinics and Doctor Led Rounds",
];

/// A sentence and the personal details that were put into it.
struct Labelled {
    text: String,
    spans: Vec<(Range<usize>, Kind)>,
}

fn corpus(seed: u64) -> Vec<Labelled> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..SENTENCES)
        .map(|n| match n % CYCLE {
            0 | 1 => {
                let (kind, templates) = STRUCTURED[rng.random_range(0..STRUCTURED.len())];
                let value = value(kind, &mut rng);
                filled(templates[rng.random_range(0..templates.len())], &value, kind)
            }
            2 => {
                let name = PEOPLE[rng.random_range(0..PEOPLE.len())];
                filled(NAMES[rng.random_range(0..NAMES.len())], name, Kind::Name)
            }
            _ => {
                let template = NEGATIVE[rng.random_range(0..NEGATIVE.len())];
                Labelled { text: pattern(template, &mut rng), spans: Vec::new() }
            }
        })
        .collect()
}

fn filled(template: &str, value: &str, kind: Kind) -> Labelled {
    let start = template.find("{}").unwrap();
    Labelled { text: template.replace("{}", value), spans: vec![(start..start + value.len(), kind)] }
}

fn pattern(template: &str, rng: &mut ChaCha8Rng) -> String {
    let fill = |c| match c {
        '#' => char::from_digit(rng.random_range(0..10), 10).unwrap(),
        '%' => char::from_digit(rng.random_range(1..10), 10).unwrap(),
        c => c,
    };
    template.chars().map(fill).collect()
}

fn pick<'a>(rng: &mut ChaCha8Rng, of: &[&'a str]) -> &'a str {
    of[rng.random_range(0..of.len())]
}

fn value(kind: Kind, rng: &mut ChaCha8Rng) -> String {
    let written = if kind == Kind::NhsNumber {
        let grouped = nhs_number(rng);
        grouped.replace(' ', pick(rng, &["", "-", " ", " "]))
    } else {
        let (_, forms) = FORMS.iter().find(|(of, _)| *of == kind).unwrap();
        let form = pick(rng, forms);
        pattern(form, rng)
    };
    if matches!(kind, Kind::Email | Kind::Url) { written } else { disguised(&written, rng) }
}

/// Nine digits and their check digit by the published rule: weights 10 to 2, 11 less the remainder by 11, 11 as 0, never 10.
fn nhs_number(rng: &mut ChaCha8Rng) -> String {
    loop {
        let digits: Vec<u32> = (0..9).map(|at| rng.random_range(if at == 0 { 4..10 } else { 0..10 })).collect();
        let sum: u32 = (2..=10).rev().zip(&digits).map(|(weight, digit)| weight * digit).sum();
        let check = match 11 - sum % 11 {
            10 => continue,
            11 => 0,
            check => check,
        };
        let all: String = digits.iter().chain([&check]).map(u32::to_string).collect();
        return format!("{} {} {}", &all[..3], &all[3..6], &all[6..]);
    }
}

/// One in three as other keyboards, spreadsheets and people who mean to hide something write it.
fn disguised(value: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..15) {
        0 => value
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
            .collect(),
        1 => value.replace(' ', "\u{a0}").replace('-', "\u{2011}"),
        2 => value.chars().flat_map(|c| [c, '\u{200b}']).take(2 * value.chars().count() - 1).collect(),
        3 => value.replace(['-', ' '], "\u{2013}"),
        4 => value.replace(' ', "\u{2009}").replace('.', "\u{ff0e}"),
        _ => value.to_string(),
    }
}

fn is_structured(kind: Kind) -> bool {
    kind != Kind::Name
}

fn covers(found: &Finding, span: &Range<usize>) -> bool {
    found.span.start <= span.start && found.span.end >= span.end
}

#[test]
fn of_a_labelled_corpus_structured_identifiers_are_found_and_little_else() {
    let redactor = Redactor::new();
    let (mut put, mut hit, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut said, mut true_said) = ([0_usize; 2], [0_usize; 2]);
    for Labelled { text, spans } in corpus(2_026) {
        let found = redactor.find(&text);
        for (span, kind) in &spans {
            *put.entry(*kind).or_insert(0_usize) += 1;
            if let Some(one) = found.iter().find(|one| covers(one, span)) {
                *hit.entry(*kind).or_insert(0_usize) += 1;
                *right.entry(*kind).or_insert(0_usize) += usize::from(one.kind == *kind);
            } else {
                println!("missed {}: {text:?} {found:?}", kind.label());
            }
        }
        for one in &found {
            let class = usize::from(is_structured(one.kind));
            said[class] += 1;
            if spans.iter().any(|(span, _)| one.span.start < span.end && span.start < one.span.end) {
                true_said[class] += 1;
            } else {
                println!("wrong {}: {:?} in {text:?}", one.kind.label(), &text[one.span.clone()]);
            }
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let of = |counts: &BTreeMap<Kind, usize>, kind: &Kind| counts.get(kind).copied().unwrap_or_default();
    let sum = |counts: &BTreeMap<Kind, usize>| -> usize {
        counts.iter().filter(|(kind, _)| is_structured(**kind)).map(|(_, count)| count).sum()
    };
    for kind in put.keys() {
        println!("{}: {} of {} found, {} by that kind", kind.label(), of(&hit, kind), of(&put, kind), of(&right, kind));
    }
    let recall = share(sum(&hit), sum(&put));
    let precision = share(true_said[1], said[1]);
    let names = share(of(&hit, &Kind::Name), of(&put, &Kind::Name));
    let names_precision = share(true_said[0], said[0]);
    println!("structured identifiers: recall {recall:.4}, precision {precision:.4}");
    println!("names: recall {names:.4}, precision {names_precision:.4}");
    assert!(sum(&put) >= SENTENCES / 3 && recall >= 0.99 && precision >= 0.95);
    assert!(names >= 0.95 && names_precision >= 0.95);
    assert!(share(sum(&right), sum(&hit)) >= 0.95, "the kind that is said is the kind that was put there");
}
