//! Pages that differ from person to person in a few texts alone: the start page, the receipt.

use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;

use super::text::{Piece, mark, pieces, push};
use crate::definition::Survey;
use crate::render::{RenderError, Renderer};

/// Most pages that are kept; one more, and all are compiled anew as they are asked for.
const KEPT: usize = 256;

/// What is compiled of such pages.
#[derive(Debug, Default)]
pub(super) struct Few(RwLock<Vec<(Key, Arc<[Piece]>)>>);

/// Which page of which survey.
#[derive(Debug)]
struct Key {
    survey: Arc<Survey>,
    template: &'static str,
    /// What of it is there and what is not, as its maker numbers it.
    way: u8,
}

impl Few {
    /// The page with these texts; `view` makes the whole view with others in their place.
    pub(super) fn page<V: Serialize>(
        &self,
        renderer: &Renderer,
        survey: &Arc<Survey>,
        (template, way): (&'static str, u8),
        texts: &[&str],
        view: impl Fn(&[String]) -> V,
    ) -> Result<String, RenderError> {
        let is_it = |key: &Key| Arc::ptr_eq(&key.survey, survey) && key.template == template && key.way == way;
        let find = |known: &[(Key, Arc<[Piece]>)]| {
            known.iter().find(|(key, _)| is_it(key)).map(|(_, pieces)| Arc::clone(pieces))
        };
        if let Some(pieces) = find(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(filled(&pieces, texts));
        }
        let own: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let told = renderer.render(template, &view(&own))?;
        let marks: Vec<String> = (0..texts.len()).map(mark).collect();
        let marked = renderer.render(template, &view(&marks))?;
        if let Some(pieces) = pieces(&marked).filter(|pieces| filled(pieces, texts) == told) {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KEPT {
                known.clear();
            }
            known.push((Key { survey: Arc::clone(survey), template, way }, pieces.into()));
        }
        Ok(told)
    }

    pub(super) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn filled(pieces: &[Piece], texts: &[&str]) -> String {
    let mut page = String::with_capacity(pieces.iter().map(Piece::bytes).sum::<usize>() + 256);
    for piece in pieces {
        match piece {
            Piece::Text(text) => page.push_str(text),
            Piece::Gap { number, escaped } => {
                push(&mut page, texts.get(*number).copied().unwrap_or_default(), *escaped);
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;
    use crate::definition::parse;

    #[test]
    fn a_page_is_made_by_its_template_once_for_each_survey_and_way() {
        let definition = json!({"format": 1, "id": "few", "title": "Few", "pages": [
            {"id": "p", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}]});
        let survey = || Arc::new(parse(&definition.to_string()).survey.unwrap());
        let (one, other) = (survey(), survey());
        let (renderer, few, asked) = (Renderer::new().unwrap(), Few::default(), Cell::new(0));
        let page = |survey, way, csrf: &str, action: &str| {
            let view = |texts: &[String]| {
                asked.set(asked.get() + 1);
                json!({"csrf": texts[0], "action": action})
            };
            few.page(&renderer, survey, ("part/form_head", way), &[csrf], view).unwrap()
        };
        let first = page(&one, 0, "<1>", "/a");
        assert!(first.contains("value=\"&lt;1&gt;\"") && first.contains("\"/a\""), "{first}");
        assert_eq!(asked.get(), 2);
        assert_eq!(page(&one, 0, "\"2\"", "/a"), first.replace("&lt;1&gt;", "&quot;2&quot;"));
        assert_eq!(asked.get(), 2, "the view is not made again");
        assert_eq!(page(&one, 1, "<1>", "/b"), first.replace("/a", "/b"));
        assert_eq!(page(&other, 0, "<1>", "/c"), first.replace("/a", "/c"));
        let marked = "\u{f8f0}";
        assert_eq!(page(&one, 2, "<1>", marked), first.replace("/a", marked), "what looks like a mark is not compiled");
        assert_eq!(page(&one, 2, "<1>", "/d"), first.replace("/a", "/d"));
    }
}
