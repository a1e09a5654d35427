//! What a page of questions costs: `cargo bench --bench pages`.
//!
//! Of each page of `surveys/w20.json`: a copy of its text, the page with nothing in it, with answers that are stored,
//! with two faults, and all three as handlebars alone fills them.

use std::sync::Arc;

use canvass::definition::{Survey, parse};
use canvass::item::{Fault, Fields};
use canvass::render::Renderer;
use canvass::response::{Draft, Screen, simulate};
use canvass::web::{Asking, Site};
use divan::Bencher;

fn main() {
    divan::main();
}

const PAGES: [&str; 4] = ["you", "now", "interventions", "next"];

struct Bench {
    site: Site,
    renderer: Renderer,
    survey: Arc<Survey>,
    languages: Vec<String>,
    blank: Draft,
    full: Draft,
    at: Screen,
    posted: Fields,
    faults: Vec<Fault>,
}

impl Bench {
    fn of(page: &str) -> Option<Self> {
        let survey = Arc::new(parse(include_str!("../surveys/w20.json")).survey?);
        let today = jiff::civil::date(2026, 3, 2);
        let full = simulate::respondent(&survey, 1, 1, today)?;
        let at = Screen::from(page);
        let mut blank = Draft { seed: "seed".to_string(), today, ..Draft::default() };
        let mut posted = full.fields(&survey, &at);
        // Two questions of the page are answered with what they do not offer.
        let mut names: Vec<String> = posted.0.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        let wrong = [names.first()?.clone(), names.last()?.clone()];
        posted.0.retain(|(name, _)| !wrong.contains(name));
        for name in wrong {
            posted.push(name, "x".repeat(6_000));
        }
        let faults = blank.clone().save(&survey, &at, posted.clone());
        blank.answers.clear();
        Some(Self {
            site: Site::new("http://127.0.0.1"),
            renderer: Renderer::new().ok()?,
            languages: vec!["en".to_string()],
            survey,
            blank,
            full,
            at,
            posted,
            faults,
        })
    }

    fn goes_behind_rules(&mut self, page: &str) {
        let Some(survey) = parse(include_str!("../surveys/digital-ready-workforce.json")).survey else { return };
        let Some(full) = (0..50).find_map(|number| simulate::respondent(&survey, 1, number, self.full.today)) else {
            return;
        };
        (self.survey, self.full, self.at) = (Arc::new(survey), full, Screen::from(page));
    }

    fn asking<'a>(&'a self, draft: &'a Draft) -> Asking<'a> {
        Asking {
            survey: &self.survey,
            version: 1,
            languages: &self.languages,
            draft,
            at: &self.at,
            refused: None,
            wall: None,
            guard: "0123456789abcdef0123456789abcdef",
            making: "abcdefgh",
            from_check: false,
            more: None,
        }
    }

    fn refused(&self) -> Asking<'_> {
        Asking { refused: Some((&self.posted, &self.faults)), ..self.asking(&self.blank) }
    }

    fn compiled(&self, bencher: Bencher<'_, '_>, asking: Asking<'_>) {
        let html = || asking.html(&self.site, &self.renderer).ok().flatten();
        html();
        bencher.bench_local(html);
    }

    fn by_template(&self, bencher: Bencher<'_, '_>, asking: Asking<'_>) {
        bencher
            .bench_local(|| asking.view(&self.site).and_then(|view| self.renderer.render("respond/page", &view).ok()));
    }
}

#[divan::bench(args = PAGES)]
fn a_copied(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    let html = bench.asking(&bench.full).html(&bench.site, &bench.renderer).ok().flatten().unwrap_or_default();
    bencher.bench_local(|| divan::black_box(&html).clone());
}

#[divan::bench(args = PAGES)]
fn b_blank(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.compiled(bencher, bench.asking(&bench.blank));
}

#[divan::bench(args = PAGES)]
fn c_answers(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.compiled(bencher, bench.asking(&bench.full));
}

#[divan::bench(args = PAGES)]
fn d_faults(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.compiled(bencher, bench.refused());
}

#[divan::bench(args = PAGES)]
fn e_blank_by_template(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.by_template(bencher, bench.asking(&bench.blank));
}

#[divan::bench(args = PAGES)]
fn f_answers_by_template(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.by_template(bencher, bench.asking(&bench.full));
}

#[divan::bench(args = PAGES)]
fn g_faults_by_template(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bench.by_template(bencher, bench.refused());
}

/// A page behind rules, on which it takes many ways through the survey to tell how far it is.
#[divan::bench(args = ["rate", "spend", "change"])]
fn h_behind_rules(bencher: Bencher<'_, '_>, page: &str) {
    let Some(mut bench) = Bench::of("you") else { return };
    bench.goes_behind_rules(page);
    bench.compiled(bencher, bench.asking(&bench.full));
}

/// The same without anything compiled or counted before.
#[divan::bench(args = ["rate", "spend", "change"])]
fn i_behind_rules_by_template(bencher: Bencher<'_, '_>, page: &str) {
    let Some(mut bench) = Bench::of("you") else { return };
    bench.goes_behind_rules(page);
    bench.by_template(bencher, bench.asking(&bench.full));
}

/// What a page does before it is filled: the way there, and what is stored of it.
#[divan::bench(args = PAGES)]
fn j_way_and_fields(bencher: Bencher<'_, '_>, page: &str) {
    let Some(bench) = Bench::of(page) else { return };
    bencher.bench_local(|| {
        let way = bench.full.route(&bench.survey);
        bench.full.fields_on(&way, &bench.at)
    });
}
