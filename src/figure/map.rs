//! [`MapFrame`]: an equal-area projection fitted to an extent on the page.

use super::clip::{Rect, clip_line, clip_ring, thin};
use super::scene::{Path, Pt, Step, pt};
use crate::geodesy::{EqualArea, Extent, LonLat};

/// Vertices nearer than this to the drawn line are left out, points. A tenth
/// of a hairline: nobody sees it, and files get several times smaller.
pub const THINNING_PT: f64 = 0.05;

/// How far beyond the frame lines and fills go on, points, so that no cut end
/// or edge shows at the frame. The layers' groups are clipped to the frame.
const BLEED_PT: f64 = 6.0;

/// A map on the page: where it lies, and how the ground gets there.
///
/// # Units
/// Page in points with y down, ground in degrees or in metres of the projection.
pub struct MapFrame {
    /// The rectangle on the page.
    pub rect: Rect,
    projection: EqualArea,
    /// Projected metres at the left and top edge of the frame.
    left_m: f64,
    top_m: f64,
    /// Points on the page per metre on the ground.
    scale: f64,
}

impl MapFrame {
    /// A frame of a given width with its top left corner at `at`; its height
    /// follows from the extent, all of which is shown.
    pub fn fit(extent: Extent, at: Pt, width: f64) -> MapFrame {
        MapFrame::fit_within(extent, at, width, 0.0, f64::INFINITY)
    }

    /// The same, with the height over width of the frame kept within bounds by
    /// showing more than the extent on two sides.
    pub fn fit_within(extent: Extent, at: Pt, width: f64, lowest: f64, highest: f64) -> MapFrame {
        let projection = EqualArea::fit(extent);
        let bounds = projected_bounds(&projection, extent);
        let (w, h) = (bounds.width(), bounds.height());
        let (more_w, more_h) = if h / w < lowest {
            (0.0, lowest * w - h)
        } else if h / w > highest {
            (h / highest - w, 0.0)
        } else {
            (0.0, 0.0)
        };
        let scale = width / (w + more_w);
        MapFrame {
            rect: Rect::new(at.x, at.y, width, (h + more_h) * scale),
            projection,
            left_m: bounds.x0 - 0.5 * more_w,
            top_m: bounds.y1 + 0.5 * more_h,
            scale,
        }
    }

    /// The same map with its top left corner elsewhere.
    #[must_use]
    pub fn moved_to(mut self, at: Pt) -> MapFrame {
        self.rect = Rect::new(at.x, at.y, self.rect.width(), self.rect.height());
        self
    }

    /// The projection.
    pub fn projection(&self) -> &EqualArea {
        &self.projection
    }

    /// Points on the page per metre on the ground (true where the projection is).
    pub fn points_per_metre(&self) -> f64 {
        self.scale
    }

    /// Where a position lies on the page.
    pub fn forward(&self, p: LonLat) -> Pt {
        let (x, y) = self.projection.forward(p);
        pt(
            self.rect.x0 + (x - self.left_m) * self.scale,
            self.rect.y0 + (self.top_m - y) * self.scale,
        )
    }

    /// The position under a point of the page; `None` off the projection.
    pub fn inverse(&self, p: Pt) -> Option<LonLat> {
        self.projection.inverse(
            self.left_m + (p.x - self.rect.x0) / self.scale,
            self.top_m - (p.y - self.rect.y0) / self.scale,
        )
    }

    /// The corners, edges and inside of the frame in degrees: the smallest
    /// extent that holds all of it.
    pub fn extent(&self) -> Option<Extent> {
        let r = self.rect;
        let edge = (0..=32).flat_map(|i| {
            let t = f64::from(i) / 32.0;
            let (x, y) = (r.x0 + t * r.width(), r.y0 + t * r.height());
            [pt(x, r.y0), pt(x, r.y1), pt(r.x0, y), pt(r.x1, y)]
        });
        Extent::around(edge.filter_map(|p| self.inverse(p)))
    }

    /// A line on the page, thinned, cut to the frame and its bleed.
    pub fn line(&self, points: impl IntoIterator<Item = LonLat>) -> Vec<Vec<Pt>> {
        let line: Vec<Pt> = points.into_iter().map(|p| self.forward(p)).collect();
        self.cut_line(&thin(&line, THINNING_PT))
    }

    /// A projected line cut to the frame and its bleed.
    pub fn cut_line(&self, line: &[Pt]) -> Vec<Vec<Pt>> {
        clip_line(line, self.rect.grown(BLEED_PT))
    }

    /// A projected open ring cut to the frame and its bleed; empty when nothing is left.
    pub fn cut_ring(&self, ring: &[Pt]) -> Vec<Pt> {
        let cut = clip_ring(ring, self.rect.grown(BLEED_PT));
        if cut.len() < 3 { Vec::new() } else { cut }
    }
}

/// A path of several open lines.
pub fn lines_path<'a>(lines: impl IntoIterator<Item = &'a Vec<Pt>>) -> Path {
    let mut path = Path::default();
    for line in lines {
        path.extend_line(line.iter().copied());
    }
    path
}

/// A path of several closed rings.
pub fn rings_path<'a>(rings: impl IntoIterator<Item = &'a Vec<Pt>>) -> Path {
    let mut path = Path::default();
    for ring in rings.into_iter().filter(|r| r.len() > 2) {
        path.extend_line(ring.iter().copied());
        path.0.push(Step::Close);
    }
    path
}

/// Bounds of an extent in projected metres, y up: found on its edges, which
/// hold the extremes of a continuous map.
fn projected_bounds(projection: &EqualArea, extent: Extent) -> Rect {
    let steps = 64;
    let edge = (0..=steps).flat_map(|i| {
        let t = f64::from(i) / f64::from(steps);
        let lon = extent.west + t * (extent.east - extent.west);
        let lat = extent.south + t * (extent.north - extent.south);
        [(lon, extent.south), (lon, extent.north), (extent.west, lat), (extent.east, lat)]
    });
    let points = edge.filter_map(|(lon, lat)| {
        let (x, y) = projection.forward(LonLat::new(lon, lat).ok()?);
        (x.is_finite() && y.is_finite()).then(|| pt(x, y))
    });
    let bounds = Rect::of(points).unwrap_or(Rect { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 });
    // An extent without width or height still gets a map: a kilometre of it.
    let (c, least) = (bounds.centre(), 500.0);
    Rect::around(c, (0.5 * bounds.width()).max(least), (0.5 * bounds.height()).max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Extent {
        Extent { west: 60.0, south: 28.0, east: 76.0, north: 38.0 }
    }

    #[test]
    fn inverse_undoes_forward_and_the_extent_fills_the_frame() {
        let map = MapFrame::fit(region(), pt(5.7, 40.0), 498.0);
        let mut seen = Vec::new();
        for i in 0..=20 {
            for k in 0..=20 {
                let p = LonLat::new(60.0 + 0.8 * f64::from(i), 28.0 + 0.5 * f64::from(k)).unwrap();
                let q = map.forward(p);
                assert!(map.rect.grown(1e-6).contains(q), "{q:?}");
                let back = map.inverse(q).unwrap();
                assert!(
                    (back.lon() - p.lon()).abs() < 1e-10 && (back.lat() - p.lat()).abs() < 1e-10
                );
                seen.push(q);
            }
        }
        let seen = Rect::of(seen).unwrap();
        assert!(
            (seen.width() - 498.0).abs() < 1e-6 && (seen.height() - map.rect.height()).abs() < 1.0
        );
        // Equal area: a square degree's share of the frame is its share of the ground.
        let ring = |lon: f64, lat: f64| {
            let n = 50;
            let t = |i: i32| f64::from(i) / f64::from(n);
            let mut at = Vec::new();
            (0..n).for_each(|i| at.push((lon + t(i), lat)));
            (0..n).for_each(|i| at.push((lon + 1.0, lat + t(i))));
            (0..n).for_each(|i| at.push((lon + 1.0 - t(i), lat + 1.0)));
            (0..n).for_each(|i| at.push((lon, lat + 1.0 - t(i))));
            at.into_iter().map(|(x, y)| map.forward(LonLat::new(x, y).unwrap())).collect::<Vec<_>>()
        };
        let k2 = map.points_per_metre().powi(2);
        for (lon, lat) in [(60.0, 28.0), (67.0, 33.0), (75.0, 37.0)] {
            let truth = crate::geodesy::cell_area_m2(lon, lat, lon + 1.0, lat + 1.0) * k2;
            let drawn = super::super::clip::area(&ring(lon, lat));
            assert!((drawn / truth - 1.0).abs() < 1e-4, "{drawn} {truth}");
        }
    }

    #[test]
    fn a_long_line_is_thinned_by_less_than_the_tolerance() {
        let map = MapFrame::fit(region(), pt(0.0, 0.0), 480.0);
        let line: Vec<LonLat> = (0..4000)
            .map(|i| {
                let t = f64::from(i) / 4000.0;
                LonLat::new(61.0 + 14.0 * t, 29.0 + 7.0 * t + 0.05 * (400.0 * t).sin()).unwrap()
            })
            .collect();
        let drawn = map.line(line.iter().copied());
        assert_eq!(drawn.len(), 1);
        assert!(drawn[0].len() < 3000);
        for p in line {
            let p = map.forward(p);
            let d = drawn[0]
                .windows(2)
                .map(|w| super::super::clip::distance_to_segment(p, w[0], w[1]))
                .fold(f64::INFINITY, f64::min);
            assert!(d <= THINNING_PT + 1e-9, "{d}");
        }
    }

    #[test]
    fn the_aspect_is_bounded_by_showing_more() {
        let wide = Extent { west: 60.0, south: 33.0, east: 76.0, north: 34.0 };
        let map = MapFrame::fit_within(wide, pt(0.0, 0.0), 400.0, 0.75, 1.5);
        assert!((map.rect.height() / map.rect.width() - 0.75).abs() < 1e-9);
        assert!(map.rect.contains(map.forward(LonLat::new(60.0, 33.0).unwrap())));
        let tall = Extent { west: 70.0, south: 24.0, east: 71.0, north: 37.0 };
        let map = MapFrame::fit_within(tall, pt(0.0, 0.0), 400.0, 0.75, 1.5);
        assert!((map.rect.height() / map.rect.width() - 1.5).abs() < 1e-9);
    }
}
