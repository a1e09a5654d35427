//! Text in a cell of a CSV file, which a spreadsheet program must not take for a formula.

/// What a spreadsheet takes a cell for a formula by, its full-width forms and the blanks it skips among them.
const RISKY: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Text that a spreadsheet cannot take for a formula: a `'` is put before `= + - @`, their full-width forms, tab and CR,
/// and before a `'` that stands before one of them, so that [`unguarded`] gives the text back.
pub fn guarded(text: String) -> String {
    if is_guarded_or_risky(&text) { format!("'{text}") } else { text }
}

/// The text of a cell that may be guarded.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_guarded_or_risky(text) => text,
        _ => cell,
    }
}

fn is_guarded_or_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(RISKY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_cannot_take_text_for_a_formula() {
        assert_eq!(guarded("=1+1".into()), "'=1+1");
        assert_eq!(guarded("＝HYPERLINK()".into()), "'＝HYPERLINK()");
        assert_eq!(guarded("as before".into()), "as before");
        assert_eq!(guarded("'tis".into()), "'tis");
    }

    #[test]
    fn a_guard_is_undone() {
        for text in ["=1+1", "'=1+1", "''-x", "＠a", "'tis", "", "'", "plain = text", "\tindented"] {
            assert_eq!(unguarded(&guarded(text.into())), text);
        }
        assert_eq!(unguarded("=written by hand"), "=written by hand");
    }
}
