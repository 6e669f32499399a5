//! Edges that are straight in longitude and latitude, as GeoJSON has them
//! (RFC 7946 §3.1.1), as chains of short geodesics.

use super::{LonLat, Segment};

/// How far a chain may lie from the straight edge, metres.
const TOLERANCE_M: f64 = 0.001;

/// Halvings of an edge at most; at the poles longitudes mean nothing and no
/// number of them would do.
const HALVINGS: u32 = 20;

/// Hands over the places that cut an edge from `start` to `end` into geodesics
/// that stay within a millimetre of the straight line in longitude and
/// latitude between the two, without `start` and with `end`.
///
/// An edge is halved until its middle, straight in degrees, lies within half a
/// millimetre of the geodesic between its ends. The two lines part like a
/// parabola and its chord, so that the middle is where they are farthest apart,
/// and half the tolerance is kept for what that leaves out.
pub fn planar_edge(start: LonLat, end: LonLat, mut take: impl FnMut(LonLat)) {
    halve(start, end, HALVINGS, &mut take);
}

fn halve(start: LonLat, end: LonLat, left: u32, take: &mut impl FnMut(LonLat)) {
    // Longitudes of an edge lie less than 180° apart: the gate of files and
    // `Border` know no others.
    let middle = LonLat::folded(0.5 * (start.lon() + end.lon()), 0.5 * (start.lat() + end.lat()));
    if left == 0 || Segment::new(start, end).intercept(middle).distance_m <= 0.5 * TOLERANCE_M {
        take(end);
        return;
    }
    halve(start, middle, left - 1, take);
    halve(middle, end, left - 1, take);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::inverse;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    /// Many places of the straight edge lie within a millimetre of the chain.
    #[test]
    fn the_chain_keeps_to_the_straight_edge() {
        for (start, end) in [
            (at(70.0, 34.0), at(70.02, 34.0)),
            (at(66.0, 31.0), at(66.31, 31.17)),
            (at(61.0, 30.0), at(74.0, 37.0)),
            (at(20.0, 70.0), at(19.0, 70.4)),
            (at(70.0, -10.0), at(70.0, 10.0)),
        ] {
            let mut chain = vec![start];
            planar_edge(start, end, |place| chain.push(place));
            assert_eq!(*chain.last().unwrap(), end);
            let pieces: Vec<Segment> =
                chain.windows(2).map(|pair| Segment::new(pair[0], pair[1])).collect();
            for i in 0..=60 {
                let share = f64::from(i) / 60.0 + 1.0 / 3_000.0;
                let place = at(
                    start.lon() + share.min(1.0) * (end.lon() - start.lon()),
                    start.lat() + share.min(1.0) * (end.lat() - start.lat()),
                );
                let near = pieces.iter().filter(|piece| {
                    let reach = piece.length_m + 1.0;
                    inverse(piece.start, place).distance_m <= reach
                });
                let off = near.map(|p| p.intercept(place).distance_m).fold(f64::MAX, f64::min);
                assert!(off <= TOLERANCE_M, "{start} {end} {share}: {off} in {}", pieces.len());
            }
        }
        // A meridian is straight either way.
        let mut count = 0;
        planar_edge(at(70.0, -10.0), at(70.0, 10.0), |_| count += 1);
        assert_eq!(count, 1);
    }

    /// What the help says: 0.2 m at 2 km and 30 m at 30 km, on the edge to the
    /// north-east where the two differ most.
    #[test]
    fn how_far_the_two_kinds_of_edge_part() {
        let part = |length_m: f64| {
            let mut most: f64 = 0.0;
            for azimuth in 0..90 {
                let start = at(70.0, 34.0);
                let end = crate::geodesy::direct(start, f64::from(azimuth), length_m);
                let middle = at(0.5 * (start.lon() + end.lon()), 0.5 * (start.lat() + end.lat()));
                most = most.max(Segment::new(start, end).intercept(middle).distance_m);
            }
            most
        };
        assert!((0.05..0.2).contains(&part(2_000.0)), "{}", part(2_000.0));
        assert!((10.0..30.0).contains(&part(30_000.0)), "{}", part(30_000.0));
    }
}
