//! The gate: the only way from foreign geometry to ours.
//!
//! What passes is finite, in range, on a grid of 1e-9 degree, free of repeated
//! points and empty parts, its rings closed, with an area, and oriented as
//! RFC 7946 §3.1.6 has it (exteriors counter-clockwise, holes clockwise).
//! What the gate mends it counts; what it cannot mend it refuses with a reason.

use super::features::Shape;
use super::rings::{self, TooManyRings};
use crate::geodesy::LonLat;
use geo::{Coord, LineString, MultiPolygon, Polygon};

/// Longitude and latitude as a file gives them.
pub(super) type Raw = [f64; 2];

/// A geometry as a file gives it.
#[derive(Debug, PartialEq)]
pub(super) enum Foreign {
    /// One point or several.
    Points(Vec<Raw>),
    /// One line or several.
    Lines(Vec<Vec<Raw>>),
    /// Polygons, each with its exterior first and its holes after it (GeoJSON).
    Polygons(Vec<Vec<Vec<Raw>>>),
    /// Rings in any order and any winding (Shapefile).
    Rings(Vec<Vec<Raw>>),
}

/// Why a geometry was refused, and the value at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) value: String,
    pub(super) reason: String,
}

impl Refusal {
    pub(super) fn new(value: impl Into<String>, reason: impl Into<String>) -> Refusal {
        Refusal { value: value.into(), reason: reason.into() }
    }
}

/// What was mended, over the features that passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mended {
    folded: u64,
    repeated: u64,
    closed: u64,
    rings_dropped: u64,
    parts_dropped: u64,
    rewound: u64,
    strays: u64,
}

/// The gate of one layer, with the counts of what it mended.
#[derive(Debug, Default)]
pub(super) struct Gate {
    mended: Mended,
    positions: u64,
    huge: u64,
    first_huge: Option<Raw>,
}

/// No degree is this large; metres of a map projection are.
const HUGE: f64 = 1000.0;

impl Gate {
    /// Turns one foreign geometry into ours.
    ///
    /// # Errors
    /// When a position is no position on Earth, an edge spans more than 180
    /// degrees of longitude, or nothing is left.
    pub(super) fn admit(&mut self, foreign: Foreign) -> Result<Shape, Refusal> {
        self.survey(&foreign);
        let mut mended = Mended::default();
        let shape = match foreign {
            Foreign::Points(raw) => {
                let points = raw
                    .into_iter()
                    .map(|p| position(p, &mut mended))
                    .collect::<Result<Vec<_>, _>>()?;
                if points.is_empty() {
                    return Err(Refusal::new("", "the geometry is empty"));
                }
                Shape::Points(points)
            }
            Foreign::Lines(raw) => Shape::Lines(lines(raw, &mut mended)?),
            Foreign::Polygons(raw) => Shape::Polygons(filled(polygons(raw, &mut mended)?)?),
            Foreign::Rings(raw) => {
                // Shells of shapefiles run clockwise: not worth a notice.
                let rings = rings_of(raw, &mut mended)?;
                Shape::Polygons(filled(nest(rings, &mut mended)?)?)
            }
        };
        self.mended.add(mended);
        Ok(shape)
    }

    /// What was mended, in words, one sentence each.
    pub(super) fn notices(&self) -> Vec<String> {
        let m = &self.mended;
        let mut notices = Vec::new();
        let mut say = |count: u64, one: &str, many: &str| {
            if count == 1 {
                notices.push(format!("1 {one}"));
            } else if count > 1 {
                notices.push(format!("{count} {many}"));
            }
        };
        say(
            m.folded,
            "longitude between 180 and 360 was folded into -180..180",
            "longitudes between 180 and 360 were folded into -180..180",
        );
        say(m.repeated, "repeated point was removed", "repeated points were removed");
        say(m.closed, "ring was not closed and has been", "rings were not closed and have been");
        say(
            m.rings_dropped,
            "ring without an area of its own was dropped",
            "rings without an area of their own were dropped",
        );
        say(
            m.parts_dropped,
            "part without an extent was dropped",
            "parts without an extent were dropped",
        );
        say(
            m.rewound,
            "ring ran against the right-hand rule of RFC 7946 and was turned",
            "rings ran against the right-hand rule of RFC 7946 and were turned",
        );
        say(
            m.strays,
            "ring written as a hole is none (outside its polygon or within another hole) \
             and was taken as a part of its own",
            "rings written as holes are none (outside their polygon or within another hole) \
             and were taken as parts of their own",
        );
        notices
    }

    /// A position that shows that the layer is in metres of a projection, not
    /// in degrees: most coordinates are far too large.
    pub(super) fn looks_projected(&self) -> Option<Raw> {
        if self.huge * 2 > self.positions { self.first_huge } else { None }
    }

    fn survey(&mut self, foreign: &Foreign) {
        let mut look = |points: &[Raw]| {
            for p in points {
                self.positions += 1;
                if p[0].abs() > HUGE || p[1].abs() > HUGE {
                    self.huge += 1;
                    self.first_huge.get_or_insert(*p);
                }
            }
        };
        match foreign {
            Foreign::Points(points) => look(points),
            Foreign::Lines(parts) | Foreign::Rings(parts) => parts.iter().for_each(|p| look(p)),
            Foreign::Polygons(polygons) => polygons.iter().flatten().for_each(|p| look(p)),
        }
    }
}

impl Mended {
    fn add(&mut self, other: Mended) {
        self.folded += other.folded;
        self.repeated += other.repeated;
        self.closed += other.closed;
        self.rings_dropped += other.rings_dropped;
        self.parts_dropped += other.parts_dropped;
        self.rewound += other.rewound;
        self.strays += other.strays;
    }
}

/// Rounds to 1e-9 degree (0.1 mm); adding zero turns −0 into 0.
fn on_grid(degrees: f64) -> f64 {
    (degrees * 1e9).round() / 1e9 + 0.0
}

fn position([lon, lat]: Raw, mended: &mut Mended) -> Result<LonLat, Refusal> {
    let folded = if lon > 180.0 && lon <= 360.0 {
        mended.folded += 1;
        lon - 360.0
    } else {
        lon
    };
    LonLat::new(on_grid(folded), on_grid(lat)).map_err(|error| {
        let swapped = lat.abs() > 90.0 && lat.abs() <= 180.0 && lon.abs() <= 90.0;
        let advice = if swapped { "; were latitude and longitude exchanged?" } else { "" };
        Refusal::new(format!("{lon}, {lat}"), format!("{error}{advice}"))
    })
}

/// The positions of a part on the grid, without repeats, every edge shorter
/// than half the globe.
fn part(raw: Vec<Raw>, mended: &mut Mended) -> Result<Vec<LonLat>, Refusal> {
    let mut points = Vec::with_capacity(raw.len());
    for p in raw {
        let p = position(p, mended)?;
        if let Some(&last) = points.last() {
            if last == p {
                mended.repeated += 1;
                continue;
            }
            edge(last, p)?;
        }
        points.push(p);
    }
    Ok(points)
}

fn edge(from: LonLat, to: LonLat) -> Result<(), Refusal> {
    if (to.lon() - from.lon()).abs() > 180.0 {
        return Err(Refusal::new(
            format!("{from} to {to}"),
            "an edge spans more than 180 degrees of longitude; \
             cut the geometry at the antimeridian (RFC 7946 §3.1.9)",
        ));
    }
    Ok(())
}

fn lines(raw: Vec<Vec<Raw>>, mended: &mut Mended) -> Result<Vec<Vec<LonLat>>, Refusal> {
    let mut parts = Vec::with_capacity(raw.len());
    for raw in raw {
        let points = part(raw, mended)?;
        if points.len() < 2 {
            mended.parts_dropped += 1;
        } else {
            parts.push(points);
        }
    }
    if parts.is_empty() {
        return Err(Refusal::new("", "no part has two different points"));
    }
    Ok(parts)
}

/// A closed ring with an area; `None` where there is none.
fn ring(raw: Vec<Raw>, mended: &mut Mended) -> Result<Option<LineString<f64>>, Refusal> {
    let mut points = part(raw, mended)?;
    if let (Some(&first), Some(&last)) = (points.first(), points.last())
        && first != last
    {
        if points.len() >= 3 {
            edge(last, first)?;
            mended.closed += 1;
        }
        points.push(first);
    }
    let ring: LineString<f64> =
        points.into_iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect();
    if ring.0.len() < 4 || rings::signed_area(&ring) == 0.0 {
        mended.rings_dropped += 1;
        return Ok(None);
    }
    Ok(Some(ring))
}

fn rings_of(raw: Vec<Vec<Raw>>, mended: &mut Mended) -> Result<Vec<LineString<f64>>, Refusal> {
    let mut rings = Vec::with_capacity(raw.len());
    for raw in raw {
        rings.extend(ring(raw, mended)?);
    }
    Ok(rings)
}

fn polygons(raw: Vec<Vec<Vec<Raw>>>, mended: &mut Mended) -> Result<Vec<Polygon<f64>>, Refusal> {
    let mut all = Vec::with_capacity(raw.len());
    for raw in raw {
        let mut raw = raw.into_iter();
        let exterior = match raw.next() {
            Some(exterior) => ring(exterior, mended)?,
            None => None,
        };
        let Some(exterior) = exterior else {
            // Holes without a polygon around them mean nothing.
            mended.parts_dropped += 1;
            continue;
        };
        let holes = rings_of(raw.collect(), mended)?;
        mended.rewound += u64::from(rings::signed_area(&exterior) < 0.0);
        mended.rewound += holes.iter().filter(|h| rings::signed_area(h) > 0.0).count() as u64;
        if holes.is_empty() {
            all.push(rings::oriented(exterior, Vec::new()));
            continue;
        }
        let mut rings = vec![exterior];
        rings.extend(holes);
        let parts = nest(rings, mended)?;
        mended.strays += parts.len().saturating_sub(1) as u64;
        all.extend(parts);
    }
    Ok(all)
}

fn nest(rings: Vec<LineString<f64>>, mended: &mut Mended) -> Result<Vec<Polygon<f64>>, Refusal> {
    let nested = rings::nest(rings).map_err(|TooManyRings(limit)| {
        Refusal::new(
            "",
            format!("its rings are too many to sort into polygons (limit: {limit} comparisons)"),
        )
    })?;
    mended.rings_dropped += nested.repeated;
    Ok(nested.polygons)
}

fn filled(polygons: Vec<Polygon<f64>>) -> Result<MultiPolygon<f64>, Refusal> {
    if polygons.is_empty() {
        return Err(Refusal::new("", "no ring has an area"));
    }
    Ok(MultiPolygon(polygons))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Raw; 5] = [[60.0, 30.0], [61.0, 30.0], [61.0, 31.0], [60.0, 31.0], [60.0, 30.0]];

    fn reversed(ring: &[Raw]) -> Vec<Raw> {
        ring.iter().rev().copied().collect()
    }

    fn polygons(shape: Shape) -> MultiPolygon<f64> {
        match shape {
            Shape::Polygons(polygons) => polygons,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_place_on_earth_is_refused() {
        for bad in
            [[f64::NAN, 30.0], [60.0, f64::INFINITY], [-181.0, 0.0], [361.0, 0.0], [60.0, 91.0]]
        {
            let mut gate = Gate::default();
            assert!(gate.admit(Foreign::Points(vec![bad])).is_err(), "{bad:?}");
            assert!(gate.admit(Foreign::Lines(vec![vec![[60.0, 30.0], bad]])).is_err(), "{bad:?}");
            assert!(gate.notices().is_empty());
        }
        assert!(Gate::default().admit(Foreign::Points(Vec::new())).is_err());
    }

    #[test]
    fn longitudes_to_360_are_folded_and_counted() {
        let mut gate = Gate::default();
        let shape = gate.admit(Foreign::Lines(vec![vec![[359.9, 0.0], [300.0, 0.0]]])).unwrap();
        let Shape::Lines(parts) = shape else { panic!() };
        assert_eq!((parts[0][0].lon(), parts[0][1].lon()), (-0.1, -60.0));
        assert_eq!(gate.notices(), ["2 longitudes between 180 and 360 were folded into -180..180"]);
        assert!(gate.admit(Foreign::Lines(vec![vec![[179.0, 0.0], [181.0, 0.0]]])).is_err());
    }

    #[test]
    fn positions_are_on_the_grid_and_repeats_go() {
        let mut gate = Gate::default();
        let raw = vec![[60.0, 30.0], [60.000_000_000_4, 30.0], [61.123_456_789_123, -1e-300]];
        let Shape::Lines(parts) = gate.admit(Foreign::Lines(vec![raw])).unwrap() else { panic!() };
        assert_eq!(parts[0].len(), 2);
        assert_eq!(parts[0][1].lon(), 61.123_456_789);
        assert!(parts[0][1].lat().is_sign_positive() && parts[0][1].lat() == 0.0);
        assert_eq!(gate.notices(), ["1 repeated point was removed"]);
    }

    #[test]
    fn rings_are_closed_turned_and_counted() {
        let mut gate = Gate::default();
        let hole: Vec<Raw> = SQUARE
            .iter()
            .map(|p| [60.4 + (p[0] - 60.0) / 9.0, 30.4 + (p[1] - 30.0) / 9.0])
            .collect();
        let shell = reversed(&SQUARE)[..4].to_vec();
        let shape = gate.admit(Foreign::Polygons(vec![vec![shell, hole, vec![]]])).unwrap();
        let polygon = &polygons(shape).0[0];
        assert!(rings::signed_area(polygon.exterior()) > 0.0);
        assert!(rings::signed_area(&polygon.interiors()[0]) < 0.0);
        assert_eq!(
            gate.notices(),
            [
                "1 ring was not closed and has been",
                "1 ring without an area of its own was dropped",
                "2 rings ran against the right-hand rule of RFC 7946 and were turned",
            ]
        );
    }

    #[test]
    fn rings_without_an_area_are_dropped() {
        let flat = vec![[60.0, 30.0], [61.0, 30.0], [62.0, 30.0], [60.0, 30.0]];
        let spike = vec![[60.0, 30.0], [61.0, 30.0], [60.0, 30.0]];
        for ring in [flat, spike, vec![[60.0, 30.0]; 5], vec![[60.0, 30.0], [61.0, 31.0]], vec![]] {
            let mut gate = Gate::default();
            assert!(gate.admit(Foreign::Rings(vec![ring.clone()])).is_err(), "{ring:?}");
            assert!(
                gate.admit(Foreign::Polygons(vec![vec![ring.clone(), SQUARE.to_vec()]])).is_err()
            );
            let shape = gate.admit(Foreign::Rings(vec![ring, SQUARE.to_vec()])).unwrap();
            assert_eq!(polygons(shape).0.len(), 1);
            assert!(gate.notices().iter().any(|n| n.contains("without an area of its own")));
        }
    }

    #[test]
    fn any_winding_of_flat_rings_gives_the_same_polygon() {
        let inner: Vec<Raw> =
            SQUARE.iter().map(|p| [p[0] * 0.5 + 30.25, p[1] * 0.5 + 15.25]).collect();
        let mut found = Vec::new();
        for outer in [SQUARE.to_vec(), reversed(&SQUARE)] {
            for inner in [inner.clone(), reversed(&inner)] {
                for rings in
                    [vec![outer.clone(), inner.clone()], vec![inner.clone(), outer.clone()]]
                {
                    let shape = Gate::default().admit(Foreign::Rings(rings)).unwrap();
                    found.push(polygons(shape));
                }
            }
        }
        for polygon in &found {
            assert_eq!((polygon.0.len(), polygon.0[0].interiors().len()), (1, 1));
            let area = |ring| rings::signed_area(ring) / 2.0;
            assert_eq!(area(polygon.0[0].exterior()) + area(&polygon.0[0].interiors()[0]), 0.75);
        }
    }

    #[test]
    fn a_polygon_written_as_a_hole_is_kept_and_said() {
        let far: Vec<Raw> = SQUARE.iter().map(|p| [p[0] + 5.0, p[1]]).collect();
        let mut gate = Gate::default();
        let shape = gate.admit(Foreign::Polygons(vec![vec![SQUARE.to_vec(), reversed(&far)]]));
        assert_eq!(polygons(shape.unwrap()).0.len(), 2);
        assert!(
            gate.notices()[0].contains("outside their polygon")
                || gate.notices()[0].contains("outside its polygon")
        );
    }
}
