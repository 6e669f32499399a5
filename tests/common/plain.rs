//! Seeded numbers, the distance to a line the plain way, and the kinds of input it is held
//! against: used by tests and benches.

// Helpers of tests may stop where they find what cannot be.
#![allow(clippy::unwrap_used)]

use durand::geodesy::{LonLat, Segment, direct, inverse};
use durand::index::BorderIndex;
use durand::model::Border;

/// Deterministic numbers in 0..1 (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }

    pub fn below(&mut self, count: usize) -> usize {
        ((self.next() * count as f64) as usize).min(count - 1)
    }
}

/// The least distance over one edge and how far along it is, from Karney's
/// direct and inverse problems alone: looked at from places 20 km apart (so
/// that several minima do not matter), then golden-section search round the
/// best of them.
pub fn on_edge(start: LonLat, end: LonLat, point: LonLat) -> (f64, f64) {
    let edge = inverse(start, end);
    let at = |s: f64| {
        let place = if s <= 0.0 {
            start
        } else if s >= edge.distance_m {
            end
        } else {
            direct(start, edge.azimuth_start, s)
        };
        inverse(place, point).distance_m
    };
    let steps = (edge.distance_m / 20_000.0).ceil().max(1.0);
    let step = edge.distance_m / steps;
    let mut best = (f64::INFINITY, 0.0);
    for i in 0..=steps as usize {
        let along = step * i as f64;
        let seen = at(along);
        if seen < best.0 {
            best = (seen, along);
        }
    }
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = ((best.1 - step).max(0.0), (best.1 + step).min(edge.distance_m));
    while b - a > 1e-5 {
        let (c, d) = (b - ratio * (b - a), a + ratio * (b - a));
        if at(c) < at(d) {
            b = d;
        } else {
            a = c;
        }
    }
    let middle = 0.5 * (a + b);
    let found = at(middle);
    if found < best.0 { (found, middle) } else { best }
}

/// The least distance over a whole line, and its chainage.
pub fn on_line(border: &Border, point: LonLat) -> (f64, f64) {
    let mut starts = Vec::new();
    let mut chainage = 0.0;
    for pair in border.parts().iter().flat_map(|part| part.windows(2)) {
        let length = inverse(pair[0], pair[1]).distance_m;
        starts.push((pair, chainage, length, inverse(pair[0], point).distance_m));
        chainage += length;
    }
    // An edge is no nearer than its start less its length.
    let bound = starts.iter().map(|edge| edge.3).fold(f64::INFINITY, f64::min);
    let mut best = (f64::INFINITY, 0.0);
    for (pair, chainage, _, _) in starts.iter().filter(|edge| edge.3 - edge.2 <= bound) {
        let (distance, along) = on_edge(pair[0], pair[1], point);
        if distance < best.0 {
            best = (distance, chainage + along);
        }
    }
    best
}

/// A line of random turns from a place.
pub fn walk(
    random: &mut Random,
    from: LonLat,
    edges: usize,
    shortest: f64,
    longest: f64,
) -> Vec<LonLat> {
    let mut heading = random.between(-180.0, 180.0);
    let mut part = vec![from];
    for _ in 0..edges {
        let length = shortest * (longest / shortest).powf(random.next());
        heading += random.between(-80.0, 80.0);
        part.push(direct(part[part.len() - 1], heading, length));
    }
    part
}

pub fn anywhere(random: &mut Random) -> LonLat {
    let lat = random.between(-1.0, 1.0).asin().to_degrees();
    LonLat::new(random.between(-180.0, 180.0), lat).unwrap()
}

pub fn line(parts: Vec<Vec<LonLat>>) -> Border {
    Border::new("line", "L", "R", parts).unwrap()
}

/// A kind of input.
pub struct Case {
    pub name: &'static str,
    /// A line and points to be located on it.
    pub make: fn(&mut Random) -> (Border, Vec<LonLat>),
}

fn somewhere_at(random: &mut Random, part: &[LonLat], near: f64, far: f64) -> Vec<LonLat> {
    (0..12)
        .map(|_| {
            let from = part[random.below(part.len())];
            direct(from, random.between(-180.0, 180.0), random.between(near, far))
        })
        .collect()
}

fn off(random: &mut Random, near: f64, far: f64) -> (Border, Vec<LonLat>) {
    let from = anywhere(random);
    let part = walk(random, from, 10, 100.0, 40_000.0);
    let points = somewhere_at(random, &part, near, far);
    (line(vec![part]), points)
}

/// Every kind.
pub const CASES: [Case; 18] = [
    Case {
        name: "on the line",
        make: |random| {
            let from = anywhere(random);
            let border = line(vec![walk(random, from, 10, 10.0, 100_000.0)]);
            let index = BorderIndex::new(&border);
            let points = (0..12).map(|_| index.at(random.next() * index.length_m())).collect();
            (border, points)
        },
    },
    Case {
        name: "at vertices",
        make: |random| {
            let from = anywhere(random);
            let part = walk(random, from, 10, 10.0, 100_000.0);
            (line(vec![part.clone()]), part)
        },
    },
    Case {
        name: "beyond either end",
        make: |random| {
            let from = anywhere(random);
            let part = walk(random, from, 2, 1_000.0, 50_000.0);
            let mut points = Vec::new();
            for (end, inner) in [(part[0], part[1]), (part[2], part[1])] {
                let away = inverse(end, inner).azimuth_start + 180.0;
                for _ in 0..6 {
                    let reach = 300_000.0 * random.next() * random.next();
                    points.push(direct(end, away + random.between(-80.0, 80.0), reach));
                }
            }
            (line(vec![part]), points)
        },
    },
    Case { name: "up to 1 km off", make: |random| off(random, 0.0, 1_000.0) },
    Case { name: "1 to 100 km off", make: |random| off(random, 1_000.0, 100_000.0) },
    Case { name: "100 to 300 km off", make: |random| off(random, 1e5, 3e5) },
    Case { name: "300 to 450 km off", make: |random| off(random, 3e5, 4.5e5) },
    Case { name: "450 to 5,000 km off", make: |random| off(random, 4.5e5, 5e6) },
    Case { name: "5,000 to 15,000 km off", make: |random| off(random, 5e6, 1.5e7) },
    Case { name: "15,000 to 20,000 km off", make: |random| off(random, 1.5e7, 2e7) },
    Case {
        name: "round the antipodes",
        make: |random| {
            let from = anywhere(random);
            let part = walk(random, from, 4, 1_000.0, 400_000.0);
            let near = part[random.below(part.len())];
            let lon = if near.lon() > 0.0 { near.lon() - 180.0 } else { near.lon() + 180.0 };
            let opposite = LonLat::new(lon, -near.lat()).unwrap();
            let points = somewhere_at(random, &[opposite], 0.0, 150_000.0);
            (line(vec![part]), points)
        },
    },
    Case {
        name: "equally near to two edges",
        make: |random| {
            // Mirrored in the equator, which is a symmetry of the ellipsoid.
            let (west, reach) = (random.between(-179.0, 170.0), random.between(0.001, 2.0));
            let (bend, tip) = (random.between(0.0, 4.0), random.between(0.0, 4.0));
            let at = |lon: f64, lat: f64| LonLat::new(lon, lat).unwrap();
            let part = vec![
                at(west + tip, reach),
                at(west, 0.7 * reach),
                at(west + bend, 0.0),
                at(west, -0.7 * reach),
                at(west + tip, -reach),
            ];
            let points = (0..12).map(|_| at(west + random.between(0.0, 6.0), 0.0)).collect();
            (line(vec![part]), points)
        },
    },
    Case {
        name: "edges there and back",
        make: |random| {
            let from = anywhere(random);
            let mut part = walk(random, from, 4, 10.0, 100_000.0);
            part.extend(part.clone().into_iter().rev().skip(1));
            let points = somewhere_at(random, &part, 0.0, 200_000.0);
            (line(vec![part]), points)
        },
    },
    Case {
        name: "edges of 1 cm to 1 m",
        make: |random| {
            let from = anywhere(random);
            let part = walk(random, from, 12, 0.01, 1.0);
            let reach = 10f64.powf(random.between(-3.0, 5.4));
            let points = somewhere_at(random, &part, 0.0, reach);
            (line(vec![part]), points)
        },
    },
    Case {
        name: "edges of 100 to 2,000 km",
        make: |random| {
            let from = anywhere(random);
            let part = walk(random, from, 3, 100_000.0, 2_000_000.0);
            let reach = 10f64.powf(random.between(3.0, 7.3));
            let points = somewhere_at(random, &part, 0.0, reach);
            (line(vec![part]), points)
        },
    },
    Case {
        name: "at the poles",
        make: |random| {
            let pole = if random.next() < 0.5 { 90.0 } else { -90.0 };
            let off = random.between(0.0, 1.0) * random.next();
            let lon = random.between(-180.0, 180.0);
            let from = LonLat::new(lon, pole * (1.0 - off / 90.0)).unwrap();
            let mut part = walk(random, from, 6, 100.0, 60_000.0);
            if random.next() < 0.3 {
                part.insert(2, LonLat::new(random.between(-180.0, 180.0), pole).unwrap());
                // The same place under another name: an edge of no length.
                part.insert(3, LonLat::new(random.between(-180.0, 180.0), pole).unwrap());
            }
            let mut points = somewhere_at(random, &part, 0.0, 100_000.0);
            points.push(LonLat::new(0.0, pole).unwrap());
            (line(vec![part]), points)
        },
    },
    Case {
        name: "across the antimeridian",
        make: |random| {
            let lon = if random.next() < 0.5 { 180.0 } else { -180.0 };
            let from = LonLat::new(lon, random.between(-80.0, 80.0)).unwrap();
            let part = walk(random, from, 8, 100.0, 60_000.0);
            let mut points = somewhere_at(random, &part, 0.0, 100_000.0);
            points.extend([-180.0, 180.0].map(|lon| LonLat::new(lon, from.lat()).unwrap()));
            (line(vec![part]), points)
        },
    },
    Case {
        name: "many parts",
        make: |random| {
            let middle = anywhere(random);
            let parts: Vec<Vec<LonLat>> = (0..6)
                .map(|_| {
                    let reach = random.between(0.0, 200_000.0);
                    let from = direct(middle, random.between(-180.0, 180.0), reach);
                    let edges = 1 + random.below(5);
                    walk(random, from, edges, 10.0, 30_000.0)
                })
                .collect();
            let points = somewhere_at(random, &parts[0], 0.0, 250_000.0);
            (line(parts), points)
        },
    },
];

/// The largest errors over some points, metres.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst {
    pub points: usize,
    /// Distance against the plain way.
    pub distance_m: f64,
    /// Distance of the foot from the place at its chainage.
    pub foot_m: f64,
    /// What is left of the way along the line at a foot between vertices seen
    /// at a right angle: how far the foot is from the nearest place.
    pub along_m: f64,
}

/// Holds a case against the plain way.
pub fn worst(case: &Case, lines: usize, seed: u64) -> Worst {
    let mut random = Random(seed);
    let mut worst = Worst::default();
    for _ in 0..lines {
        let (border, points) = (case.make)(&mut random);
        let index = BorderIndex::new(&border);
        // The third time every cell knows where its searches begin.
        let first = index.locate_all(&points);
        index.locate_all(&points);
        assert_eq!(first, index.locate_all(&points), "{}", case.name);
        for (point, found) in points.iter().zip(first) {
            let (distance, _) = on_line(&border, *point);
            worst.points += 1;
            worst.distance_m = worst.distance_m.max((found.distance_m - distance).abs());
            // Where one part ends at that chainage another starts.
            let at = [found.chainage_m, found.chainage_m - 1e-7].map(|s| index.at(s));
            let foot = at.map(|at| inverse(at, found.foot).distance_m);
            let foot = foot[0].min(foot[1]);
            worst.foot_m = worst.foot_m.max(foot);
            worst.along_m =
                worst.along_m.max(along_left(&border, &index, *point, found.chainage_m));
        }
    }
    worst
}

/// How far along the line the nearest place still is from a chainage; 0 at
/// vertices, and beyond 5,000 km, where the angle does not tell.
fn along_left(border: &Border, index: &BorderIndex, point: LonLat, chainage_m: f64) -> f64 {
    let mut start = 0.0;
    for pair in border.parts().iter().flat_map(|part| part.windows(2)) {
        let segment = Segment::new(pair[0], pair[1]);
        let along = chainage_m - start;
        start += segment.length_m;
        if along > 1e-3 && along < segment.length_m - 1e-3 {
            let (_, azimuth) = segment.at(along);
            let seen = inverse(index.at(chainage_m), point);
            if seen.distance_m > 5e6 || seen.distance_m < 1e-3 {
                return 0.0;
            }
            let arc = seen.distance_m / 6_371_008.8;
            let angle = (seen.azimuth_start - azimuth).to_radians().cos();
            return (6_371_008.8 * arc.tan() * angle).abs();
        }
    }
    0.0
}
