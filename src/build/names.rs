//! Names: which district belongs to which province, and what they are called.

use super::grid::{GridPoint, inside};
use geo::{BoundingRect, MultiPolygon};

/// What an area is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Names {
    pub(super) country: &'static str,
    pub(super) province: String,
    /// `None` for a province.
    pub(super) district: Option<String>,
    pub(super) code: Option<String>,
}

/// A name without space around it and with single spaces inside.
pub(super) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Scan lines laid through an area to see which province holds most of it.
const SCAN_LINES: i64 = 15;

/// The index of the province that holds the largest part of an area: by total
/// length of the area's scan lines whose middles lie in the province.
pub(super) fn parent(area: &MultiPolygon<f64>, provinces: &[MultiPolygon<f64>]) -> Option<usize> {
    let rings = rings_of(area);
    let provinces: Vec<_> = provinces.iter().map(|p| (p.bounding_rect(), rings_of(p))).collect();
    let south = rings.iter().flatten().map(|p| p.y).min()?;
    let north = rings.iter().flatten().map(|p| p.y).max()?;
    let mut share = vec![0_i64; provinces.len()];
    for line in 0..SCAN_LINES {
        let y = south + (north - south) * (2 * line + 1) / (2 * SCAN_LINES);
        for [west, east] in spans(&rings, y) {
            let middle = GridPoint { x: west + (east - west) / 2, y };
            let [lon, lat] = middle.degrees();
            let holds = |(bounds, rings): &(Option<geo::Rect<f64>>, Vec<Vec<GridPoint>>)| {
                bounds.is_some_and(|b| {
                    (b.min().x..=b.max().x).contains(&lon) && (b.min().y..=b.max().y).contains(&lat)
                }) && rings.iter().filter(|ring| inside(ring, middle)).count() % 2 == 1
            };
            if let Some(i) = provinces.iter().position(holds) {
                share[i] += east - west;
            }
        }
    }
    (0..share.len()).filter(|&i| share[i] > 0).max_by_key(|&i| share[i])
}

fn rings_of(area: &MultiPolygon<f64>) -> Vec<Vec<GridPoint>> {
    area.iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .map(|ring| ring.0.iter().map(|&c| GridPoint::of(c)).collect())
        .collect()
}

/// The pieces of a parallel inside an area, west to east.
fn spans(rings: &[Vec<GridPoint>], y: i64) -> Vec<[i64; 2]> {
    let mut crossings: Vec<i64> = rings
        .iter()
        .flat_map(|ring| ring.windows(2))
        .filter(|edge| (edge[0].y > y) != (edge[1].y > y))
        .map(|edge| {
            let (a, b) = (edge[0], edge[1]);
            let along = (y - a.y) as f64 / (b.y - a.y) as f64;
            a.x + (along * (b.x - a.x) as f64).round() as i64
        })
        .collect();
    crossings.sort_unstable();
    crossings.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, polygon};

    #[test]
    fn names_lose_stray_white_space() {
        assert_eq!(tidy("Zanda  Jan\n"), "Zanda Jan");
        assert_eq!(tidy(" Warduj\r\n"), "Warduj");
    }

    #[test]
    fn the_larger_part_decides() {
        let square = |w: f64, e: f64| -> MultiPolygon<f64> {
            polygon![(x: w, y: 0.), (x: e, y: 0.), (x: e, y: 1.), (x: w, y: 1.)].into()
        };
        let provinces = [square(0., 1.), square(1., 3.)];
        // A district on both sides whose western arm is thin.
        let district = geo::Polygon::new(
            LineString::from(vec![
                (0.5, 0.4),
                (1., 0.4),
                (1., 0.),
                (2., 0.),
                (2., 1.),
                (1., 1.),
                (1., 0.6),
                (0.5, 0.6),
            ]),
            vec![],
        );
        assert_eq!(parent(&district.into(), &provinces), Some(1));
        assert_eq!(parent(&square(5., 6.), &provinces), None);
    }
}
