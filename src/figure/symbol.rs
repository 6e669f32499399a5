//! Shapes of map symbols, all of one area for one size, so that no category
//! looks heavier than another.

use super::scene::{Path, Pt, Step, pt};

/// The shape of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A triangle on its point.
    TriangleDown,
    /// A triangle on its side.
    TriangleUp,
    /// A circle.
    Circle,
    /// A square on its point.
    Diamond,
    /// A star of five points.
    Star,
    /// A square.
    Square,
    /// A lying bar.
    Bar,
    /// A pentagon on its side.
    Pentagon,
    /// An upright cross.
    Cross,
}

impl Shape {
    /// The outline around a centre, with the area of a circle of `radius`.
    pub fn path(self, centre: Pt, radius: f64) -> Path {
        let around = |points: &[(f64, f64)]| {
            let scale = radius * (std::f64::consts::PI / shoelace(points)).sqrt();
            Path::closed(points.iter().map(|(x, y)| pt(centre.x + scale * x, centre.y + scale * y)))
        };
        match self {
            Shape::Circle => Path::circle(centre, radius),
            Shape::TriangleDown => around(&rays(3, 90.0, &[1.0])),
            Shape::TriangleUp => around(&rays(3, -90.0, &[1.0])),
            Shape::Diamond => around(&rays(4, -90.0, &[1.0])),
            Shape::Square => around(&rays(4, -45.0, &[1.0])),
            Shape::Pentagon => around(&rays(5, -90.0, &[1.0])),
            Shape::Star => around(&rays(10, -90.0, &[1.0, 0.48])),
            Shape::Bar => around(&[(-1.0, -0.36), (1.0, -0.36), (1.0, 0.36), (-1.0, 0.36)]),
            Shape::Cross => around(&cross(0.36)),
        }
    }

    /// The radius of the circle round a symbol of that `radius`: what it needs
    /// of room.
    pub fn reach(self, radius: f64) -> f64 {
        self.path(pt(0.0, 0.0), radius)
            .0
            .iter()
            .filter_map(|step| match step {
                Step::Move(p) | Step::Line(p) | Step::Cubic(_, _, p) => Some(p.x.hypot(p.y)),
                Step::Close => None,
            })
            .fold(0.0, f64::max)
    }
}

/// Vertices on `n` rays from an angle on (degrees clockwise from the right),
/// the radii taken in turn.
fn rays(n: usize, from_deg: f64, radii: &[f64]) -> Vec<(f64, f64)> {
    (0..n)
        .map(|i| {
            let angle = (from_deg + 360.0 * i as f64 / n as f64).to_radians();
            let r = radii[i % radii.len()];
            (r * angle.cos(), r * angle.sin())
        })
        .collect()
}

fn cross(w: f64) -> Vec<(f64, f64)> {
    vec![
        (-w, -1.0),
        (w, -1.0),
        (w, -w),
        (1.0, -w),
        (1.0, w),
        (w, w),
        (w, 1.0),
        (-w, 1.0),
        (-w, w),
        (-1.0, w),
        (-1.0, -w),
        (-w, -w),
    ]
}

fn shoelace(points: &[(f64, f64)]) -> f64 {
    let n = points.len();
    let twice: f64 = (0..n)
        .map(|i| {
            let ((ax, ay), (bx, by)) = (points[i], points[(i + 1) % n]);
            ax * by - bx * ay
        })
        .sum();
    0.5 * twice.abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::clip::area;

    #[test]
    fn every_shape_has_the_area_of_its_circle() {
        use Shape::*;
        for shape in [TriangleDown, TriangleUp, Diamond, Star, Square, Bar, Pentagon, Cross] {
            let ring: Vec<Pt> = shape
                .path(pt(3.0, 4.0), 2.0)
                .0
                .iter()
                .filter_map(|s| if let Step::Move(p) | Step::Line(p) = s { Some(*p) } else { None })
                .collect();
            assert!((area(&ring) - std::f64::consts::PI * 4.0).abs() < 1e-9, "{shape:?}");
            let reach = shape.reach(2.0);
            assert!(ring.iter().all(|p| (p.x - 3.0).hypot(p.y - 4.0) <= reach + 1e-9));
        }
    }
}
