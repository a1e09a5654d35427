//! Why a model directory cannot be used, with what to do next.

/// Why texts could not be turned into vectors.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The directory is not there.
    #[error("there is no folder {dir}")]
    NoFolder {
        /// The directory.
        dir: String,
    },
    /// The directory holds something else.
    #[error("{dir} holds no language model: it has no {file}")]
    NotAModel {
        /// The directory.
        dir: String,
        /// The file that is missing.
        file: &'static str,
    },
    /// A model that this program cannot compute.
    #[error("the language model in {dir} cannot be used: {problem}")]
    OtherKind {
        /// The directory.
        dir: String,
        /// What is different about it.
        problem: String,
    },
    /// A file that is cut off, or does not fit the others.
    #[error("{file} is damaged: {problem}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Numbers in other amounts than the model's own description says.
    #[error("{file} has {found} numbers for `{tensor}` where {expected} belong")]
    Dimension {
        /// The file.
        file: String,
        /// Which of its tables.
        tensor: String,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A file that the system does not give or take.
    #[error("{file} cannot be {action}")]
    File {
        /// The file.
        file: String,
        /// `read` or `written`.
        action: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl EmbedError {
    /// What to do next, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoFolder { .. } => {
                "Run make model to fetch one, name another folder with --embeddings, or write --embeddings none."
            }
            Self::NotAModel { .. } => {
                "Name the folder that holds config.json, tokenizer.json and model.safetensors, or write --embeddings none."
            }
            Self::OtherKind { .. } => {
                "Use a sentence-transformers model of the kind BERT or a Model2Vec table, or write --embeddings none."
            }
            Self::Damaged { .. } | Self::Dimension { .. } => {
                "Fetch the model anew (remove its folder, then make model), or write --embeddings none."
            }
            Self::File { action: "written", .. } => "Check that you may write there and that the disk is not full.",
            Self::File { .. } => "Check that you may read it.",
        }
    }
}
