//! Colours of a theme and the contrast between two of them, as WCAG 2.2 defines it.

use std::fmt;

/// An opaque colour, written `#12436d` or `#fff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    pub(super) const WHITE: Self = Self([255; 3]);
    pub(super) const BLACK: Self = Self([0; 3]);
    /// The header's background without a theme.
    pub(super) const HEADER: Self = Self([0x12, 0x43, 0x6d]);
    /// What stands behind the text of every page.
    pub(super) const PAGE: Self = Self([0xf0, 0xf4, 0xf5]);

    pub(super) fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let nibbles: Vec<u8> =
            digits.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect::<Option<_>>()?;
        match nibbles.len() {
            3 => Some(Self(parts(nibbles.iter().map(|digit| digit * 17)))),
            6 => Some(Self(parts(nibbles.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + digit))))),
            _ => None,
        }
    }

    /// This colour with some of another mixed in, `part` of 100.
    pub(super) fn mixed(self, other: Self, part: u16) -> Self {
        let mix = |own: u8, other: u8| {
            let sum = u16::from(own) * (100 - part.min(100)) + u16::from(other) * part.min(100);
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self(parts(self.0.into_iter().zip(other.0).map(|(own, other)| mix(own, other))))
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio, from 1 to 21 (WCAG 2.2, relative luminance and contrast ratio).
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The colour nearest to this one on the way to black or to white that has at least `least` against all others;
    /// `None` where no such colour is.
    pub(super) fn nearest(self, others: &[(Self, f64)]) -> Option<Self> {
        let passes = |colour: &Self| others.iter().all(|(other, least)| colour.contrast(*other) >= *least);
        let steps = (0..=100).flat_map(|part| [self.mixed(Self::BLACK, part), self.mixed(Self::WHITE, part)]);
        steps.into_iter().find(passes)
    }
}

/// The first three of some parts.
fn parts(mut from: impl Iterator<Item = u8>) -> [u8; 3] {
    [0; 3].map(|_| from.next().unwrap_or_default())
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_worked_examples() {
        // WebAIM's contrast checker, and the ends of the scale in WCAG itself.
        let of = |one: &str, two: &str| Colour::read(one).unwrap().contrast(Colour::read(two).unwrap());
        for (one, two, ratio) in
            [("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#fff", 4.54), ("#0000ff", "#fff", 8.59)]
        {
            assert!((of(one, two) - ratio).abs() < 0.006, "{one} on {two}: {}", of(one, two));
        }
    }

    #[test]
    fn the_nearest_colour_passes_and_a_better_one_stays() {
        let red = Colour::read("#ff8888").unwrap();
        let nearest = red.nearest(&[(Colour::WHITE, 4.5)]).unwrap();
        assert!(nearest.contrast(Colour::WHITE) >= 4.5 && nearest.contrast(Colour::WHITE) < 4.7, "{nearest}");
        assert_eq!(Colour::BLACK.nearest(&[(Colour::WHITE, 4.5)]), Some(Colour::BLACK));
        assert_eq!(red.nearest(&[(Colour::WHITE, 4.5), (Colour::BLACK, 15.0)]), None);
        for wrong in ["", "red", "#12", "#1234567", "#gggggg", "12436d"] {
            assert_eq!(Colour::read(wrong), None, "{wrong}");
        }
    }
}
