//! What a number must be beside its form: check digits, areas of postcodes, prefixes that are never issued.

use super::words::{AREAS, NOT_PREFIXES, ORDINALS_AND_UNITS};

/// Anything that has the form.
pub(super) fn any(_: &str) -> bool {
    true
}

/// More of a web address than how all of them begin.
pub(super) fn address(text: &str) -> bool {
    let small = text.to_ascii_lowercase();
    !["http:", "https:", "ftp:", "www"].contains(&small.trim_end_matches(['/', '.']))
}

/// Ten digits whose last is the check digit of the first nine: weights 10 to 2, modulus 11 (NHS Data Dictionary, NHS
/// NUMBER). Numbers of Scotland's CHI have the same check digit and begin with a day and a month.
pub(super) fn nhs(text: &str) -> bool {
    let digits = digits(text);
    let [first, .., last] = digits.as_slice() else { return false };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let fits = digits.len() == 10 && (11 - sum % 11) % 11 == *last;
    fits && (*first >= 3 || is_day_and_month(&digits))
}

fn is_day_and_month(digits: &[u32]) -> bool {
    let number = |from: usize| match digits.get(from..from + 2) {
        Some([tens, ones]) => tens * 10 + ones,
        _ => 0,
    };
    (1..=31).contains(&number(0)) && (1..=12).contains(&number(2))
}

/// A UK telephone number from its first 0, written in the groups that people write.
pub(super) fn uk_phone(text: &str) -> bool {
    let groups: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let count: usize = groups.iter().map(|group| group.len()).sum();
    let area = groups.concat();
    let opens =
        area.starts_with('0') && area.as_bytes().get(1).is_some_and(|second| !matches!(second, b'0' | b'4' | b'6'));
    let first = groups.first().map_or(0, |group| group.len());
    let one_by_one = groups.iter().all(|group| group.len() == 1);
    let in_twos = groups.iter().rev().skip(1).all(|group| group.len() == 2) && area.starts_with("07");
    let mobile = first == 2 && area.starts_with("07") || in_twos;
    opens && (count == 11 || count == 10 && first >= 3) && (first >= 3 || one_by_one || mobile)
}

/// A telephone number with the code of its country: 9 to 15 digits (ITU-T E.164 allows 15).
pub(super) fn phone_abroad(text: &str) -> bool {
    let count = digits(text).len();
    let zeros = if text.starts_with("00") { 2 } else { 0 };
    (9..=15).contains(&(count - zeros))
}

/// A number beside a word for calling that is no date and no time.
pub(super) fn local_phone(text: &str) -> bool {
    !text.contains(['/', ':']) && (6..=11).contains(&digits(text).len())
}

/// A postcode in capitals in one of the areas.
pub(super) fn postcode(text: &str) -> bool {
    let letters: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    AREAS.binary_search(&letters.to_ascii_uppercase().as_str()).is_ok()
}

/// A postcode in small letters, which must not be a word and an amount: "b12 2ug", "e2 2nd".
pub(super) fn small_postcode(text: &str) -> bool {
    let ending: String = text.chars().skip(text.chars().count().saturating_sub(2)).collect();
    postcode(text) && !ORDINALS_AND_UNITS.contains(&ending.to_ascii_lowercase().as_str())
}

/// Letters and digits of a National Insurance number, but for prefixes that are never issued (HMRC, NIM39110), and
/// small words before a date: "on 12.05.21 a".
pub(super) fn national_insurance(text: &str) -> bool {
    let prefix: String = text.chars().take(2).collect();
    let is_word = text.chars().nth(2).is_some_and(|c| !c.is_ascii_digit())
        && matches!(
            prefix.as_str(),
            "an" | "as" | "at" | "by" | "he" | "me" | "my" | "on" | "no" | "so" | "we" | "be" | "pm" | "am"
        );
    !is_word && !NOT_PREFIXES.contains(&prefix.to_ascii_uppercase().as_str())
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

#[cfg(test)]
mod tests {
    use super::{nhs, phone_abroad, postcode, uk_phone};

    #[test]
    fn the_last_digit_of_an_nhs_number_checks_the_others() {
        // The worked example of the NHS Data Dictionary, and a number of the same form with another last digit.
        assert!(nhs("943 476 5919") && nhs("9434765919"));
        assert!(!nhs("943 476 5918") && !nhs("943 476 591") && !nhs(""));
    }

    #[test]
    fn telephone_numbers_come_in_groups() {
        for number in ["07700 900123", "(020) 7946 0958", "0113 496 0123", "01632 960 983", "0 7 7 0 0 9 0 0 1 2 3"] {
            assert!(uk_phone(number), "{number}");
        }
        for number in ["01/02/2021 10", "0000 000 0000", "01 02 03 04 05 06"] {
            assert!(!uk_phone(number), "{number}");
        }
        assert!(phone_abroad("+353 86 123 4567") && !phone_abroad("+44 20"));
    }

    #[test]
    fn postcodes_lie_in_an_area() {
        assert!(postcode("SW1A 1AA") && postcode("M1 1AE") && !postcode("X1 1AA"));
    }
}
