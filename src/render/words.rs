//! Numbers as they are printed: one place decides how many decimals, so that a chart and its table agree.

/// What stands where there is no number.
pub(in crate::render) const NONE: &str = "–";

/// What stands where a number is kept back to protect the few people it is about.
pub(in crate::render) const WITHHELD: &str = "withheld";

pub(in crate::render) use crate::analysis::findings::thousands as grouped;

/// A count that may be withheld.
pub(in crate::render) fn grouped_or_none(count: Option<u64>) -> String {
    count.map_or_else(|| NONE.to_owned(), grouped)
}

/// A share (0..1) in whole per cent: `78%`.
pub(in crate::render) fn percent(share: f64) -> String {
    format!("{:.0}%", (share * 100.0).round() + 0.0)
}

/// A share that may be missing.
pub(in crate::render) fn percent_or_none(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.to_owned(), percent)
}

/// An interval of shares: `72% to 83%`.
pub(in crate::render) fn interval_or_none(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| NONE.to_owned(), |[low, high]| format!("{} to {}", percent(low), percent(high)))
}

/// A measured value with at most two decimals and none that are zero.
pub(in crate::render) fn decimal(measured: f64) -> String {
    let text = format!("{measured:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "-0" | "" => "0".to_owned(),
        other => other.to_owned(),
    }
}

/// "1 person", "12 people".
pub(in crate::render) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A p-value.
pub(in crate::render) fn p_value(p: Option<f64>) -> String {
    match p {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "p < 0.001".to_owned(),
        Some(p) => format!("p = {p:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_would_write_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.005, 0.776, 1.0].map(percent), ["0%", "1%", "78%", "100%"]);
        assert_eq!([2.0, 2.5, 2.456, 0.0, -0.001, 100.0].map(decimal), ["2", "2.5", "2.46", "0", "0", "100"]);
        assert_eq!(interval_or_none(None), NONE);
    }
}
