//! Regular expressions as authors write them, compiled within bounds.

/// A regular expression that compiles. It is found anywhere in a text, in time linear in the text's length.
#[derive(Clone, Debug)]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// Most memory that a compiled pattern may take, in bytes: an author's slip must not fill the memory.
    const MAX_SIZE: usize = 1 << 20;

    /// Compiles a pattern, or says in one line why it cannot be.
    pub fn new(written: &str) -> Result<Self, String> {
        match regex::RegexBuilder::new(written).size_limit(Self::MAX_SIZE).build() {
            Ok(pattern) => Ok(Self(pattern)),
            Err(regex::Error::CompiledTooBig(_)) => Err("it would need too much memory".to_string()),
            // The last line of the parser's report says what is wrong; those before it draw the place.
            Err(error) => {
                let report = error.to_string();
                let line = report.lines().last().unwrap_or_default();
                Err(line.trim_start_matches("error: ").to_string())
            }
        }
    }

    /// True if it is found anywhere in the text.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
