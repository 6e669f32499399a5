//! A scale bar that is true at a stated latitude.

use super::clip::Rect;
use super::map::MapFrame;
use super::scene::{Anchor, Fill, Group, Path, Pt, Stroke, pt};
use super::style::Style;
use super::text;
use crate::geodesy::{LonLat, inverse};

/// A bar of alternating fields.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBar {
    /// Ground length of the whole bar, kilometres.
    pub total_km: f64,
    /// Length on the page, points.
    pub length: f64,
    /// The latitude where it is true, degrees north.
    pub latitude: f64,
    fields: usize,
}

/// Height of the fields, points.
const HEIGHT: f64 = 2.6;

impl ScaleBar {
    /// A bar of a round length, at most `widest` points, true on the parallel
    /// through the middle of the map (rounded to a degree where that is on the
    /// map). `None` where the map has no ground under it.
    ///
    /// The length on the page is that between two positions on the parallel,
    /// symmetric to the map's middle, whose geodesic distance is the total.
    pub fn new(map: &MapFrame, widest: f64) -> Option<ScaleBar> {
        let centre = map.inverse(map.rect.centre())?;
        let rounded = LonLat::new(centre.lon(), centre.lat().round()).ok()?;
        let on_map = map.rect.contains(map.forward(rounded));
        let at = if on_map { rounded } else { centre };
        let longest_km = widest / map.points_per_metre() / 1000.0;
        let (total_km, fields) = round_total(longest_km)?;
        let ends = |half_deg: f64| {
            Some((
                LonLat::new(at.lon() - half_deg, at.lat()).ok()?,
                LonLat::new(at.lon() + half_deg, at.lat()).ok()?,
            ))
        };
        let (mut low, mut high) = (0.0, 20.0_f64);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let (a, b) = ends(middle)?;
            if inverse(a, b).distance_m < total_km * 1000.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let (a, b) = ends(0.5 * (low + high))?;
        let (p, q) = (map.forward(a), map.forward(b));
        let length = (q.x - p.x).hypot(q.y - p.y);
        Some(ScaleBar { total_km, length, latitude: at.lat(), fields })
    }

    /// Room needed, points: width and height.
    pub fn size(&self, style: &Style) -> (f64, f64) {
        let end = 0.5 * text::width(&format!("{}", self.total_km), &style.label)
            + text::width(" km", &style.label);
        let left = 0.5 * text::width("0", &style.label);
        let note = text::width(&self.note(), &style.label);
        ((left + self.length + end).max(note), HEIGHT + 2.45 * style.label.size)
    }

    fn note(&self) -> String {
        let (degrees, half) = (self.latitude.abs(), if self.latitude < 0.0 { 'S' } else { 'N' });
        if (degrees - degrees.round()).abs() < 1e-9 {
            format!("at {degrees:.0}° {half}")
        } else {
            format!("at {degrees:.1}° {half}")
        }
    }

    /// Draws it with the top left corner of its room at a point.
    pub fn draw(&self, at: Pt, style: &Style) -> Group {
        let mut group = Group::named("scale-bar");
        let halo = super::scene::TextStyle {
            halo: Some((style.page, 0.8)),
            colour: style.ink,
            ..style.label.clone()
        };
        let x0 = at.x + 0.5 * text::width("0", &style.label);
        let baseline = at.y + 0.8 * style.label.size;
        let top = baseline + 0.35 * style.label.size;
        let field = self.length / self.fields as f64;
        let bar = Path::rect(x0, top, self.length, HEIGHT);
        group.path(bar.clone(), Some(Fill::solid(style.page)), None);
        for i in (0..self.fields).step_by(2) {
            let dark = Path::rect(x0 + i as f64 * field, top, field, HEIGHT);
            group.path(dark, Some(Fill::solid(style.ink)), None);
        }
        let edge = Stroke { round: false, ..Stroke::solid(style.ink, 0.45) };
        group.path(bar, None, Some(edge));
        let numbers: &[usize] = if self.fields == 4 { &[0, 2, 4] } else { &[0, 5] };
        for &i in numbers {
            let value = self.total_km * i as f64 / self.fields as f64;
            let x = x0 + i as f64 * field;
            group.text(format!("{value}"), pt(x, baseline), Anchor::Middle, halo.clone());
            if i == self.fields {
                let after = x + 0.5 * text::width(&format!("{value}"), &style.label);
                group.text("\u{a0}km", pt(after, baseline), Anchor::Start, halo.clone());
            }
        }
        let below = top + HEIGHT + 1.05 * style.label.size;
        let note = super::scene::TextStyle { colour: style.soft, ..halo };
        group.text(self.note(), pt(x0, below), Anchor::Start, note);
        group
    }

    /// What it covers when drawn at a point.
    pub fn room(&self, at: Pt, style: &Style) -> Rect {
        let (w, h) = self.size(style);
        Rect::new(at.x, at.y, w, h)
    }
}

/// The largest of 1, 2, 5 × 10ⁿ not above a length, and into how many fields it
/// divides so that each is round.
fn round_total(longest_km: f64) -> Option<(f64, usize)> {
    if !(longest_km.is_finite() && longest_km > 0.0) {
        return None;
    }
    let decade = 10f64.powf(longest_km.log10().floor());
    let lead = longest_km / decade;
    Some(if lead >= 5.0 {
        (5.0 * decade, 5)
    } else if lead >= 4.0 {
        (4.0 * decade, 4)
    } else if lead >= 2.0 {
        (2.0 * decade, 4)
    } else {
        (decade, 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::Extent;

    #[test]
    fn its_length_is_true_by_geodesic_to_a_thousandth() {
        for (west, south, east, north) in
            [(60.0, 28.5, 76.0, 38.0), (70.5, 33.5, 71.5, 34.4), (60.0, 23.0, 80.0, 40.0)]
        {
            let map = MapFrame::fit(Extent { west, south, east, north }, pt(6.0, 30.0), 498.0);
            let bar = ScaleBar::new(&map, 130.0).unwrap();
            assert!(bar.length <= 131.0 && bar.length > 50.0, "{bar:?}");
            // Lay the bar on the page along the parallel and measure on the ground.
            let middle = map.forward(LonLat::new(0.5 * (west + east), bar.latitude).unwrap());
            let end = |x: f64| map.inverse(pt(middle.x + x, middle.y)).unwrap();
            let ground = inverse(end(-0.5 * bar.length), end(0.5 * bar.length)).distance_m;
            assert!((ground / (1000.0 * bar.total_km) - 1.0).abs() < 1e-3, "{ground} {bar:?}");
        }
    }

    #[test]
    fn totals_are_round() {
        assert_eq!(round_total(730.0), Some((500.0, 5)));
        assert_eq!(round_total(399.0), Some((200.0, 4)));
        assert_eq!(round_total(12.0), Some((10.0, 4)));
        assert_eq!(round_total(f64::NAN), None);
    }
}
