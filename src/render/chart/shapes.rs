//! The colours and the forms that charts are drawn from, kept once a page.

use crate::render::html::Html;

/// Dark blue of the Analysis Function palette.
pub(super) const BLUE: &str = "#12436D";
/// Its orange.
pub(super) const ORANGE: &str = "#F46A25";
/// Its dark pink.
const PINK: &str = "#801650";
/// Its turquoise, which only just stands out on white: for shapes, never for text.
const TURQUOISE: &str = "#28A197";
/// Its dark grey, for lines and what is neither for nor against.
pub(super) const GREY: &str = "#3D3D3D";

/// The id of the line that rows are compared with.
pub(super) const LINE: &str = "m-line";

/// What a mark looks like: colour and form say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dark blue disc: broad support, or nothing in particular.
    Disc,
    /// A turquoise diamond: focused.
    Diamond,
    /// A dark pink triangle: divisive.
    Triangle,
    /// An orange square: broad opposition.
    Square,
    /// A grey ring: not established.
    Ring,
}

impl Shape {
    const ALL: [Self; 5] = [Self::Disc, Self::Diamond, Self::Triangle, Self::Square, Self::Ring];

    /// The id of its form in [`shapes`].
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Disc => "m-disc",
            Self::Diamond => "m-diamond",
            Self::Triangle => "m-triangle",
            Self::Square => "m-square",
            Self::Ring => "m-ring",
        }
    }

    pub(super) fn colour(self) -> &'static str {
        match self {
            Self::Disc => BLUE,
            Self::Diamond => TURQUOISE,
            Self::Triangle => PINK,
            Self::Square => ORANGE,
            Self::Ring => GREY,
        }
    }

    /// Around the origin, about 14 px wide.
    fn form(self) -> String {
        let (id, colour) = (self.id(), self.colour());
        match self {
            Self::Disc => format!("<circle id=\"{id}\" r=\"6\" fill=\"{colour}\"/>"),
            Self::Diamond => format!("<path id=\"{id}\" d=\"M0-8 8 0 0 8-8 0Z\" fill=\"{colour}\"/>"),
            Self::Triangle => format!("<path id=\"{id}\" d=\"M0-8 8 7-8 7Z\" fill=\"{colour}\"/>"),
            Self::Square => format!("<path id=\"{id}\" d=\"M-6-6H6V6H-6Z\" fill=\"{colour}\"/>"),
            Self::Ring => {
                format!("<circle id=\"{id}\" r=\"5\" fill=\"#FFFFFF\" stroke=\"{colour}\" stroke-width=\"3\"/>")
            }
        }
    }
}

/// The forms that every chart of a page refers to; to be placed once, before the first.
pub fn shapes() -> Html {
    let forms = Shape::ALL.map(Shape::form).concat();
    Html::made_here(format!(
        "<svg class=\"canvass-shapes\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>{forms}\
         <line id=\"{LINE}\" y2=\"100%\" stroke=\"{ORANGE}\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/></defs></svg>"
    ))
}
