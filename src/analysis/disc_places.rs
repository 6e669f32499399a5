//! Places spread evenly over a disc, and where by the line they lie.

use super::disc_cells::{Round, round};
use super::region::Likely;
use super::region_shape::side_of_all;
use crate::geodesy::{LonLat, Spot, Vector, direct, position, spot};
use crate::index::{BorderIndex, LocalLine, Nearby};
use crate::model::Side;
use std::sync::LazyLock;

/// Places of the unit disc, those that are close together in one group.
pub(super) struct Sunflower {
    groups: Vec<(Round, Vec<[f64; 2]>)>,
}

/// A hundred places.
pub(super) static HUNDRED: LazyLock<Sunflower> = LazyLock::new(|| Sunflower::new(100, 3));
/// Four hundred.
pub(super) static FOUR_HUNDRED: LazyLock<Sunflower> = LazyLock::new(|| Sunflower::new(400, 6));

impl Sunflower {
    /// The lattice of H. Vogel (1979), A better way to construct the sunflower
    /// head, Math. Biosciences 44, 179–189, in so many by so many squares.
    fn new(count: usize, squares: usize) -> Sunflower {
        let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
        let mut groups = vec![Vec::new(); squares * squares];
        for k in 0..count {
            let r = ((k as f64 + 0.5) / count as f64).sqrt();
            let (sin, cos) = (k as f64 * golden).sin_cos();
            let place = [r * sin, r * cos];
            let [column, row] = place.map(|x| (0.5 * (x + 1.0) * squares as f64) as usize);
            groups[row * squares + column].push(place);
        }
        groups.retain(|places| !places.is_empty());
        Sunflower { groups: groups.into_iter().map(|places| (round(&places), places)).collect() }
    }
}

/// The places of a disc that `within` holds.
///
/// # Accuracy
/// Of a disc of 25 km a place lies within a metre of where the geodesic from the
/// centre ends, and its distance is true to what [`LocalLine`] states; of discs
/// too wide or too far off for a plane, both as the ellipsoid has them.
pub(super) fn disc_places(
    centre: LonLat,
    radius_m: f64,
    sunflower: &Sunflower,
    line: &BorderIndex,
    within: impl Fn(&LonLat) -> bool,
) -> Vec<Likely> {
    let found = line.locate(centre);
    let mut local = LocalLine::default();
    if !line.around(centre, (found.foot, found.distance_m), radius_m, &mut local) {
        let places = on_geodesics(centre, radius_m, sunflower).filter(within);
        return likely(places.collect(), line);
    }
    let ground = Ground::new(centre);
    let off_m = found.distance_m - local.distance_m(0.0, 0.0);
    let of_all = side_of_all([found.distance_m, found.chainage_m], found.side, radius_m, line);
    let mut likely = Vec::new();
    let mut near = Nearby::default();
    for ((middle, reach), places) in &sunflower.groups {
        let middle = middle.map(|x| x * radius_m);
        local.gather(middle, 1.001 * reach * radius_m, &Nearby::default(), &mut near);
        likely.extend(places.iter().filter_map(|p| {
            let [x, y] = p.map(|x| x * radius_m);
            let at = Some(ground.at(x, y)).filter(&within)?;
            let (signed, chainage_m) = local.signed_and_chainage_m(x, y, &near)?;
            let here = if signed < 0.0 { Side::Right } else { Side::Left };
            let distance_m = (signed.abs() + off_m).max(0.0);
            Some(Likely { at, distance_m, side: of_all.or(Some(here)), chainage_m })
        }));
    }
    likely
}

/// The places of a disc where the ellipsoid has them.
fn on_geodesics(
    centre: LonLat,
    radius_m: f64,
    sunflower: &Sunflower,
) -> impl Iterator<Item = LonLat> {
    let places = sunflower.groups.iter().flat_map(|(_, places)| places);
    places.map(move |[x, y]| direct(centre, x.atan2(*y).to_degrees(), x.hypot(*y) * radius_m))
}

/// Places and where by the line they lie.
pub(super) fn likely(places: Vec<LonLat>, line: &BorderIndex) -> Vec<Likely> {
    let mut locator = line.locator();
    let locate = |at| {
        let found = locator.locate(at);
        let (distance_m, side, chainage_m) = (found.distance_m, found.side, found.chainage_m);
        Likely { at, distance_m, side, chainage_m }
    };
    places.into_iter().map(locate).collect()
}

/// The ground round a place, seen from above it.
struct Ground {
    spot: Spot,
    east: Vector,
    north: Vector,
}

/// Mean radius: the ground's own differs by half a per cent at most, which
/// moves a place 25 km off by less than a millimetre.
const RADIUS_M: f64 = 6_371_000.0;

impl Ground {
    fn new(centre: LonLat) -> Ground {
        let spot = spot(centre);
        let (east, north) = spot.compass();
        Ground { spot, east, north }
    }

    /// The place so many metres off along the ground, as parts east and north.
    fn at(&self, x: f64, y: f64) -> LonLat {
        let arc_2 = (x * x + y * y) / (RADIUS_M * RADIUS_M);
        // sin and 1 − cos of the arc, as shares of it; the next terms are below
        // a millimetre at 60 km.
        let flat = 1.0 - arc_2 / 6.0;
        let down = 0.5 * arc_2 * RADIUS_M;
        let along = |k: usize| {
            self.spot.place[k] + flat * (x * self.east[k] + y * self.north[k])
                - down * self.spot.up[k]
        };
        position(&[along(0), along(1), along(2)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::inverse;
    use crate::model::Border;

    fn line() -> BorderIndex {
        let part = [(69.0, 33.0), (70.0, 33.6), (70.3, 33.2), (71.0, 34.4)]
            .map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
        BorderIndex::new(&Border::new("line", "L", "R", vec![part.to_vec()]).unwrap())
    }

    #[test]
    fn a_disc_is_filled_evenly() {
        let centre = LonLat::new(70.0, 34.0).unwrap();
        let places = disc_places(centre, 25_000.0, &FOUR_HUNDRED, &line(), |_| true);
        let within =
            |r: f64| places.iter().filter(|p| inverse(centre, p.at).distance_m < r).count() as f64;
        assert_eq!(within(25_000.0), 400.0);
        for r in [5_000.0, 12_500.0, 20_000.0] {
            let share = within(r) / 400.0;
            assert!((share - (r / 25_000.0f64).powi(2)).abs() < 0.005, "{r} {share}");
        }
        let east = places.iter().filter(|p| p.at.lon() > 70.0).count();
        assert!((190..=210).contains(&east));
    }

    /// Beside the line, astride it and beyond its ends.
    #[test]
    fn on_the_plane_places_lie_where_geodesics_put_them() {
        let line = line();
        for (lon, lat) in [(70.1, 33.5), (69.3, 33.5), (70.25, 33.3), (71.1, 34.5), (68.0, 31.0)] {
            let centre = LonLat::new(lon, lat).unwrap();
            for (radius_m, far_m) in [(2_000.0, 0.5), (25_000.0, 12.0)] {
                let fast = disc_places(centre, radius_m, &HUNDRED, &line, |_| true);
                let slow = likely(on_geodesics(centre, radius_m, &HUNDRED).collect(), &line);
                assert_eq!(fast.len(), slow.len());
                for (fast, slow) in fast.iter().zip(&slow) {
                    assert!(inverse(fast.at, slow.at).distance_m < 1.0, "{lon} {radius_m}");
                    let off = (fast.distance_m - slow.distance_m).abs();
                    assert!(off < far_m, "{lon} {radius_m}: {fast:?} {slow:?}");
                    // At a notch a hair decides which side of it is nearest.
                    let same = fast.side == slow.side || slow.distance_m < far_m;
                    assert!(same, "{lon} {radius_m}: {fast:?} {slow:?}");
                }
                let moved = fast.iter().zip(&slow);
                let moved = moved.filter(|(f, s)| (f.chainage_m - s.chainage_m).abs() > 50.0);
                assert!(moved.count() <= 2, "{lon} {radius_m}");
            }
        }
    }
}
