//! The nearest place and the density, against the plain ways.

use super::Numbers;
use durand::analysis::{Kernel, Lattice, Mass, kernel_sums};
use durand::geodesy::{LonLat, Segment, direct, inverse};
use durand::index::BorderIndex;
use durand::model::Border;

/// A walk and points near it: the index finds what a scan of every edge finds.
pub fn locate(data: &[u8]) {
    let mut numbers = Numbers(data);
    let Some((border, points)) = line_and_points(&mut numbers) else { return };
    let index = BorderIndex::new(&border);
    let segments: Vec<Segment> = border
        .parts()
        .iter()
        .flat_map(|part| part.windows(2))
        .map(|pair| Segment::new(pair[0], pair[1]))
        .collect();
    let all = index.locate_all(&points);
    for (point, found) in points.iter().zip(all) {
        let alone = index.locate(*point);
        assert_eq!(found, alone, "{point:?}");
        let scanned = segments
            .iter()
            .map(|segment| segment.intercept(*point).distance_m)
            .fold(f64::INFINITY, f64::min);
        let off = (found.distance_m - scanned).abs();
        assert!(off < 2e-5, "{point:?}: {} against {scanned}", found.distance_m);
        // The foot is as far away as is said, and lies where is said.
        let to_foot = inverse(*point, found.foot).distance_m;
        assert!((to_foot - found.distance_m).abs() < 1e-4, "{point:?}: {found:?}, {to_foot}");
        assert!((0.0..=index.length_m()).contains(&found.chainage_m), "{found:?}");
        let there = index.at(found.chainage_m);
        let apart = inverse(there, found.foot).distance_m;
        assert!(apart < 1e-3 || at_a_joint(&border, found.foot), "{found:?}: {apart} m");
    }
}

/// Whether a place is an end of a part: two parts have one chainage there.
fn at_a_joint(border: &Border, place: LonLat) -> bool {
    let ends = border.parts().iter().flat_map(|part| [part[0], part[part.len() - 1]]);
    ends.into_iter().any(|end| inverse(end, place).distance_m < 1e-3)
}

/// The first number says how long the edges are, the second where the line starts.
fn line_and_points(numbers: &mut Numbers) -> Option<(Border, Vec<LonLat>)> {
    let longest_m = 10f64.powf(3.0 + 3.0 * numbers.share()?);
    let start = LonLat::new(180.0 * numbers.share()?, 89.9 * numbers.share()?).ok()?;
    let mut parts = vec![vec![start]];
    for _ in 0..numbers.byte()? % 24 {
        let last = *parts.last()?.last()?;
        let (heading, length) = (180.0 * numbers.share()?, longest_m * numbers.share()?);
        let next = direct(last, heading, length.abs());
        // Backwards: a new part.
        if length < 0.0 { parts.push(vec![next]) } else { parts.last_mut()?.push(next) }
    }
    let border = Border::new("line", "left", "right", parts).ok()?;
    let corners: Vec<LonLat> = border.parts().concat();
    let mut points = Vec::new();
    while let (Some(which), Some(heading), Some(reach)) =
        (numbers.byte(), numbers.share(), numbers.share())
    {
        let reach_m = 10f64.powf(3.0 + 3.6 * reach);
        points.push(direct(corners[usize::from(which) % corners.len()], 180.0 * heading, reach_m));
        if points.len() == 16 {
            break;
        }
    }
    Some((border, points))
}

/// Points on a small lattice: each cell has the plain double sum.
pub fn density(data: &[u8]) {
    let mut numbers = Numbers(data);
    let Some((points, lattice, kernel, h)) = points_on_lattice(&mut numbers) else { return };
    let got = kernel_sums(&points, &lattice, kernel, h);
    assert!(got.error_bound <= 1e-10);
    let mut plain = Vec::with_capacity(got.per_m2.len());
    for row in 0..lattice.rows {
        for column in 0..lattice.columns {
            let (x, y) = lattice.centre(column, row);
            let term =
                |p: &Mass| p.weight * kernel.value((p.x_m - x).powi(2) + (p.y_m - y).powi(2), h);
            plain.push(points.iter().map(term).sum::<f64>());
        }
    }
    assert_eq!(got.per_m2.len(), plain.len());
    let heaviest = points.iter().map(|p| p.weight).fold(0.0, f64::max);
    let peak = plain.iter().copied().fold(heaviest * kernel.peak(h), f64::max);
    for (found, summed) in got.per_m2.iter().zip(&plain) {
        assert!(found.is_finite() && *found >= 0.0);
        assert!((found - summed).abs() <= 1e-10 * peak, "{found} against {summed}, peak {peak}");
    }
}

fn points_on_lattice(numbers: &mut Numbers) -> Option<(Vec<Mass>, Lattice, Kernel, f64)> {
    let kernel = Kernel::ALL[usize::from(numbers.byte()?) % Kernel::ALL.len()];
    let (columns, rows) = (1 + numbers.byte()? % 40, 1 + numbers.byte()? % 40);
    let cell_m = 500.0;
    let lattice = Lattice {
        west_m: 1e6 * numbers.share()?,
        north_m: 1e6 * numbers.share()?,
        cell_m,
        columns: usize::from(columns),
        rows: usize::from(rows),
    };
    let h = cell_m * 10f64.powf(0.5 + 1.2 * numbers.share()?);
    let (width, height) = (f64::from(columns) * cell_m, f64::from(rows) * cell_m);
    let mut points = Vec::new();
    while let (Some(x), Some(y), Some(weight)) = (numbers.share(), numbers.share(), numbers.byte())
    {
        // From one map's width outside to the other.
        let mass = Mass {
            x_m: lattice.west_m + width * (0.5 + x),
            y_m: lattice.north_m - height * (0.5 + y),
            weight: f64::from(weight) / 16.0,
        };
        points.push(mass);
        // Many at one place: what a cell does with a crowd.
        if weight % 16 == 15 {
            points.extend([mass; 6]);
        }
        if points.len() >= 96 {
            break;
        }
    }
    Some((points, lattice, kernel, h))
}
