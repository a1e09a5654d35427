//! Small-cell suppression: hides counts below the threshold, and one more where the hidden one could be worked out.
//!
//! A group of 1 to `min_cell - 1` people is hidden; 0 is shown. Where exactly one group of a question would be hidden,
//! its number would follow from the total, so the smallest of the others is hidden too (complementary suppression).

use super::report::{Question, Row};

/// Which of the groups with these sizes to hide.
pub fn hidden(sizes: &[u64], min_cell: u32) -> Vec<bool> {
    let small = |size: u64| size > 0 && size < u64::from(min_cell);
    let mut hide: Vec<bool> = sizes.iter().map(|size| small(*size)).collect();
    if hide.iter().filter(|hidden| **hidden).count() == 1 {
        let next = sizes
            .iter()
            .zip(&hide)
            .enumerate()
            .filter(|(_, (size, hidden))| !**hidden && **size > 0)
            .min_by_key(|(_, (size, _))| **size);
        if let Some(also) = next.map(|(index, _)| index).and_then(|index| hide.get_mut(index)) {
            *also = true;
        }
    }
    hide
}

/// Hides the counts of small groups in a tally.
pub fn protect_rows(rows: &mut [Row], min_cell: u32) {
    let sizes: Vec<u64> = rows.iter().map(|row| row.count.unwrap_or(0)).collect();
    for (row, _) in rows.iter_mut().zip(hidden(&sizes, min_cell)).filter(|(_, hide)| *hide) {
        (row.count, row.share, row.interval) = (None, None, None);
    }
}

/// Hides every figure of a question that fewer people answered than may be shown.
pub fn withhold(question: &mut Question) {
    for row in &mut question.rows {
        (row.count, row.share, row.interval, row.first, row.mean) = (None, None, None, None, None);
    }
    (question.numbers, question.weighted) = (None, None);
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn small_groups_are_hidden_and_never_one_alone() {
        assert_eq!(hidden(&[50, 9, 30, 0], 10), [false, true, true, false]);
        assert_eq!(hidden(&[50, 9, 3], 10), [false, true, true]);
        assert_eq!(hidden(&[50, 10], 10), [false, false]);
        assert_eq!(hidden(&[3], 10), [true]);
        assert_eq!(hidden(&[3, 1], 0), [false, false]);
    }
}
