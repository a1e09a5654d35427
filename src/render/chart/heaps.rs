//! Groups in the plane: a disc each, as large as the group; nobody stands there alone.

use super::shapes::{BLUE, GREY};
use crate::render::html::{Html, escape};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
/// The radius of the largest disc; the drawing leaves so much free around all centres.
const RADIUS: f64 = 52.0;
/// The least radius that holds a letter.
const LEAST: f64 = 15.0;

/// A group to draw.
#[derive(Clone, Copy, Debug)]
pub struct Heap<'a> {
    /// A letter.
    pub letter: &'a str,
    /// Its middle, in any unit.
    pub centre: [f64; 2],
    /// Its size; the area of the disc follows it.
    pub n: u64,
}

/// Draws the groups, by one scale in both directions; the lines cross at the mean of all people. `heard` says it in words.
pub fn heaps(caption: &str, heard: &str, note: &str, heaps: &[Heap<'_>]) -> Html {
    let most = heaps.iter().map(|heap| heap.n).max().unwrap_or(1).max(1) as f64;
    let range = |axis: fn(&Heap<'_>) -> f64| {
        // The middle belongs to the picture.
        heaps.iter().map(axis).fold((0.0_f64, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)))
    };
    let ((left, right), (low, high)) = (range(|heap| heap.centre[0]), range(|heap| heap.centre[1]));
    let free = |side: f64, span: f64| (side - 2.0 * RADIUS - 8.0) / span.max(f64::MIN_POSITIVE);
    let scale = free(WIDTH, right - left).min(free(HEIGHT, high - low)).min(1e6);
    let x = |at: f64| WIDTH / 2.0 + (at - f64::midpoint(left, right)) * scale;
    let y = |at: f64| HEIGHT / 2.0 - (at - f64::midpoint(low, high)) * scale;
    let discs: Vec<String> = heaps
        .iter()
        .map(|heap| {
            let radius = (RADIUS * (heap.n as f64 / most).sqrt()).max(LEAST);
            let (x, y, letter) = (x(heap.centre[0]), y(heap.centre[1]), escape(heap.letter));
            format!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{BLUE}\" stroke=\"#FFFFFF\" stroke-width=\"2\"/>\
                 <text x=\"{x:.1}\" y=\"{y:.1}\" dy=\"7\" fill=\"#FFFFFF\" text-anchor=\"middle\">{letter}</text>"
            )
        })
        .collect();
    let (x, y) = (x(0.0), y(0.0));
    Html::made_here(format!(
        "<div class=\"canvass-heaps\"><p class=\"canvass-caption\">{}</p><p>{}</p>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\
         <path d=\"M0 {y:.1}H{WIDTH}M{x:.1} 0V{HEIGHT}\" stroke=\"{GREY}\" stroke-dasharray=\"2 4\"/>{}</svg></div>",
        escape(caption),
        escape(note),
        escape(heard),
        discs.concat(),
    ))
}
