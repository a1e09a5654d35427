//! `date`: a day in three parts, the month as a number or a name in any language of the program.

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape};
use crate::vocabulary::month;

/// A day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Date {
    /// First day allowed.
    pub min: Option<jiff::civil::Date>,
    /// Last day allowed.
    pub max: Option<jiff::civil::Date>,
}

const PARTS: [&str; 3] = ["day", "month", "year"];

impl ItemType for Date {
    const KEYS: &'static [Key] = &[
        Key::new("min", Shape::Day, "First day allowed").such_as(&["2026-01-31"]),
        Key::new("max", Shape::Day, "Last day allowed").such_as(&["2026-12-31"]),
    ];

    fn define(reader: &Reader<'_>, _: &Names) -> Option<Self> {
        let (min, max) = (reader.day("min"), reader.day("max"));
        if let (Some(first), Some(last)) = (min, max)
            && first > last
        {
            let message = format!("`min` of {} is {first}, after its `max` of {last}", reader.what());
            reader.findings.error("E301", reader.place_of("min"), message, None);
        }
        Some(Self { min, max })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let typed = PARTS
            .map(|part| fields.typed(&format!("{}.{part}", head.id)).map(|text| text.trim_matches('.').to_string()));
        let missing = [0, 1, 2].map(|part| typed.get(part).is_some_and(Option::is_none));
        let [Some(day), Some(written_month), Some(year)] = typed else {
            if missing == [true; 3] {
                return Reading::default();
            }
            let first = PARTS.iter().zip(missing).find(|(_, missing)| *missing).map_or("day", |(part, _)| part);
            return Reading::fault(head.part_fault(first, &head.text, FaultKind::DateIncomplete { missing }));
        };
        let date = (|| {
            let year = year.parse::<i16>().ok().filter(|year| (1000..=9999).contains(year))?;
            jiff::civil::Date::new(year, month(&written_month)?, day.parse().ok()?).ok()
        })();
        let fault = |kind| Reading::fault(head.part_fault("day", &head.text, kind));
        match (date, self.min, self.max) {
            (None, ..) => fault(FaultKind::NotADate),
            (Some(date), Some(min), _) if date < min => fault(FaultKind::TooEarly { min }),
            (Some(date), _, Some(max)) if date > max => fault(FaultKind::TooLate { max }),
            (Some(date), ..) => Reading::of(Some(Answer::Date(date.to_string()))),
        }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Date(date) = answer {
            for (part, number) in ["year", "month", "day"].iter().zip(date.split('-')) {
                fields.push(format!("{}.{part}", head.id), number.trim_start_matches('0'));
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.part_fault("day", &head.text, FaultKind::NotEntered)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(day: &str, month: &str, year: &str) -> Reading {
        let head = Head { id: "d".into(), text: "When?".into(), ..Head::default() };
        Date::default().read(
            &head,
            &Fields(vec![
                ("d.day".into(), day.into()),
                ("d.month".into(), month.into()),
                ("d.year".into(), year.into()),
            ]),
        )
    }

    #[test]
    fn months_are_read_as_numbers_and_names() {
        for month in ["2", "02", "feb", "February", " Feb. ", "Chwefror", "chwe"] {
            assert_eq!(read("9", month, "2026").answer, Some(Answer::Date("2026-02-09".into())), "{month}");
        }
    }

    #[test]
    fn a_fault_says_what_is_missing_or_that_there_is_no_such_day() {
        assert_eq!(read("9", "", "").faults[0].kind, FaultKind::DateIncomplete { missing: [false, true, true] });
        assert_eq!(read("9", "", "").faults[0].field, "d.month");
        for (day, month, year) in
            [("30", "2", "2026"), ("0", "1", "2026"), ("1", "13", "2026"), ("1", "1", "26"), ("x", "1", "2026")]
        {
            assert_eq!(read(day, month, year).faults[0].kind, FaultKind::NotADate);
        }
        assert_eq!(read("", "", ""), Reading::default());
    }
}
