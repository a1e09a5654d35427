//! A static table made of a sentence-transformers model: every token alone through it, and what tells them apart kept.

use std::collections::HashMap;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::json;

use super::bert::Bert;
use super::files::{CONFIG, Files, TOKENIZER, WEIGHTS, shown};
use super::{EmbedError, Embedder};
use crate::analysis::text::principal;

/// Numbers of a vector in the table.
const COLUMNS: usize = 256;

/// Writes the `Model2Vec` directory of a sentence-transformers directory and says how many tokens it has.
///
/// The vector of a token is what the model makes of it alone, reduced to 256 numbers by principal components and weighted
/// by log(1 + rank), because vocabularies begin with what is said most often and tells least (Zipf's law in the place of
/// counts). The text's vector is the mean of its tokens' then. `progress` is told a rising share of the work.
pub fn distil(dir: &Path, out: &Path, progress: &(dyn Fn(f64) + Sync)) -> Result<usize, EmbedError> {
    let model = match Embedder::open(dir)? {
        Embedder::Transformer(model) => model,
        Embedder::Table(_) => {
            return Err(EmbedError::OtherKind {
                dir: dir.display().to_string(),
                problem: "it is a static table already".to_string(),
            });
        }
    };
    let tokens = model.files().tokenizer.get_vocab_size(true);
    let alone = (0..).take(tokens).map(|token: u32| model.framed(&[token])).collect::<Result<Vec<_>, _>>()?;
    let vectors = model.encode(&alone, &|share| progress(share * 0.8));
    let mut table = principal::components(&vectors, model.columns(), COLUMNS);
    let columns = COLUMNS.min(model.columns());
    for (rank, row) in table.chunks_exact_mut(columns).enumerate() {
        let weight = (1.0 + rank as f32).ln();
        for cell in row {
            *cell *= weight;
        }
    }
    write(&model, out, tokens, columns, &table)?;
    progress(1.0);
    Ok(tokens)
}

fn write(model: &Bert, out: &Path, tokens: usize, columns: usize, table: &[f32]) -> Result<(), EmbedError> {
    let failed = |path: &Path| {
        let file = shown(path);
        move |source| EmbedError::File { file, action: "written", source }
    };
    std::fs::create_dir_all(out).map_err(failed(out))?;
    let save = |name: &str, bytes: &[u8]| std::fs::write(out.join(name), bytes).map_err(failed(&out.join(name)));
    let config = json!({
        "model_type": "model2vec", "hidden_dim": columns, "normalize": true, "apply_pca": columns, "apply_zipf": true,
        "distilled_from": model.hash(),
    });
    save(CONFIG, format!("{config:#}\n").as_bytes())?;
    let files: &Files = model.files();
    let damaged = |name: &str, problem: String| EmbedError::Damaged { file: shown(&out.join(name)), problem };
    let tokenizer = files.tokenizer.to_string(true).map_err(|error| damaged(TOKENIZER, error.to_string()))?;
    save(TOKENIZER, tokenizer.as_bytes())?;
    let bytes: Vec<u8> = table.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    let view = TensorView::new(Dtype::F32, vec![tokens, columns], &bytes);
    let view = view.map_err(|error| damaged(WEIGHTS, error.to_string()))?;
    let named = HashMap::from([("embeddings".to_string(), view)]);
    let bytes = safetensors::serialize(&named, None).map_err(|error| damaged(WEIGHTS, error.to_string()))?;
    // Last, because it is what makes the folder a table.
    save(WEIGHTS, &bytes)
}
