//! The surface against the plain double sum, and bandwidths against spatstat.

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/plain.rs"]
mod plain;

use durand::analysis::{Bandwidth, Kernel, Lattice, Mass, kernel_sums};
use plain::Random;

fn lattice(columns: usize, rows: usize) -> Lattice {
    Lattice { west_m: -12_000.0, north_m: 41_000.0, cell_m: 500.0, columns, rows }
}

/// Sums by the formula, straight from the text books.
fn plainly(points: &[Mass], lattice: &Lattice, kernel: Kernel, h: f64) -> Vec<f64> {
    let mut sums = Vec::new();
    for row in 0..lattice.rows {
        for column in 0..lattice.columns {
            let (x, y) = lattice.centre(column, row);
            let terms = points
                .iter()
                .map(|p| p.weight * kernel.value((p.x_m - x).powi(2) + (p.y_m - y).powi(2), h));
            sums.push(terms.sum());
        }
    }
    sums
}

/// The greatest difference from the plain sum, as a share of the peak.
fn difference(points: &[Mass], lattice: &Lattice, kernel: Kernel, h: f64) -> f64 {
    let plain = plainly(points, lattice, kernel, h);
    let got = kernel_sums(points, lattice, kernel, h);
    assert!(got.error_bound <= 1e-10);
    let peak = plain.iter().copied().fold(0.0, f64::max);
    let worst = plain.iter().zip(&got.per_m2).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(got.per_m2.iter().all(|v| v.is_finite() && *v >= 0.0));
    // Nowhere anything where the plain sum has nothing at all.
    if kernel != Kernel::Gaussian {
        assert!(plain.iter().zip(&got.per_m2).all(|(a, b)| *a > 0.0 || *b <= 1e-12 * peak));
    }
    if peak > 0.0 { worst / peak } else { worst }
}

fn check(name: &str, points: &[Mass], lattice: &Lattice, bandwidths: &[f64]) {
    for kernel in Kernel::ALL {
        for &h in bandwidths {
            let share = difference(points, lattice, kernel, h);
            assert!(share < 1e-10, "{name}, {kernel}, {h} m: {share:e} of the peak");
        }
    }
}

/// Two thirds in clusters, some beyond the lattice.
fn scattered(n: usize, lattice: &Lattice, seed: u64) -> Vec<Mass> {
    let mut random = Random(seed);
    let (width, height) =
        (lattice.columns as f64 * lattice.cell_m, lattice.rows as f64 * lattice.cell_m);
    (0..n)
        .map(|i| {
            let (u, v) = (random.next(), random.next());
            let (x, y) = match i % 3 {
                0 => (1.4 * u - 0.2, 1.4 * v - 0.2),
                k => (0.3 * k as f64 + 0.05 * u * u, 0.7 - 0.2 * k as f64 + 0.08 * v),
            };
            Mass {
                x_m: lattice.west_m + x * width,
                y_m: lattice.north_m - y * height,
                weight: 0.1 + 20.0 * random.next().powi(3),
            }
        })
        .collect()
}

#[test]
fn scattered_points_with_weights() {
    let lattice = lattice(110, 60);
    let points = scattered(500, &lattice, 1);
    // From less than a cell to more than the map.
    check("scattered", &points, &lattice, &[180.0, 499.0, 1_700.0, 3_300.0, 8_000.0, 1e5]);
}

#[test]
fn crowds_of_points_in_few_cells() {
    let lattice = lattice(90, 60);
    let mut random = Random(7);
    let points: Vec<Mass> = (0..1_200)
        .map(|i| Mass {
            x_m: -12_000.0 + 500.0 * (f64::from(i % 9) * 10.0 + 2.0 * random.next()),
            y_m: 41_000.0 - 500.0 * (f64::from(i % 7) * 9.0 + random.next()),
            weight: 1.0,
        })
        .collect();
    check("crowds", &points, &lattice, &[3_001.0, 4_444.4, 9_000.0]);
}

#[test]
fn points_on_centres_edges_and_corners_of_cells() {
    let lattice = lattice(60, 50);
    let mut points = Vec::new();
    for i in 0..40 {
        for (dx, dy) in [(0.0, 0.0), (250.0, 0.0), (250.0, 250.0), (0.0, 250.0)] {
            points.push(Mass {
                x_m: -12_000.0 + 500.0 * f64::from(i * 7 % 61) + dx,
                y_m: 41_000.0 - 500.0 * f64::from(i * 11 % 47) - dy,
                weight: 1.0,
            });
        }
    }
    // Bandwidths in whole and half cells: many centres lie exactly on an edge.
    check("on the grid", &points, &lattice, &[500.0, 2_500.0, 3_250.0, 5_000.0, 6_500.0, 12_500.0]);
}

#[test]
fn one_point_and_many_at_one_place() {
    let lattice = lattice(70, 70);
    let one = [Mass { x_m: 3_210.0, y_m: 20_123.4, weight: 2.5 }];
    check("one", &one, &lattice, &[300.0, 3_500.0, 7_000.0]);
    check("many at one", &[one[0]; 500], &lattice, &[300.0, 3_500.0, 7_000.0]);
    check("none", &[], &lattice, &[3_500.0]);
}

#[test]
fn points_beyond_the_lattice_that_only_graze_it() {
    let lattice = lattice(40, 40);
    let h = 10_000.0;
    // West of the lattice, so that only its first column is within reach.
    let points: Vec<Mass> = (0..50)
        .map(|i| Mass {
            x_m: -12_000.0 + 250.0 - (h - 1e-3 * f64::from(i + 1)),
            y_m: 41_000.0 - 250.0 - 500.0 * f64::from(i % 40),
            weight: 1.0,
        })
        .collect();
    check("grazing", &points, &lattice, &[h]);
    let far: Vec<Mass> = (0..50)
        .map(|i| Mass { x_m: -12_000.0 - 45_000.0, y_m: 30e3, weight: f64::from(i) })
        .collect();
    check("far", &far, &lattice, &[10_000.0, 50_000.0]);
}

#[test]
fn one_heavy_point_does_not_spoil_light_ones() {
    let lattice = lattice(300, 20);
    let mut points = scattered(200, &lattice, 3);
    points.push(Mass { x_m: -11_000.0, y_m: 36_000.0, weight: 1e9 });
    check("heavy", &points, &lattice, &[4_000.0]);
}

#[test]
fn a_row_of_a_thousand_cells_keeps_its_digits() {
    let lattice = lattice(1_500, 3);
    let points = scattered(1_500, &lattice, 5);
    check("long rows", &points, &lattice, &[3_100.0, 8_350.0, 40_000.0]);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let lattice = lattice(200, 130);
    let points = scattered(5_000, &lattice, 11);
    for kernel in Kernel::ALL {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| kernel_sums(&points, &lattice, kernel, 5_000.0).per_m2)
        };
        assert_eq!(with(1), with(3), "{kernel}");
    }
}

#[allow(clippy::unwrap_used)] // the file is part of the test
fn reference() -> (Vec<Mass>, Lattice) {
    let text = include_str!("reference/density_points.csv");
    let points = text
        .lines()
        .skip(1)
        .map(|line| {
            let (x, y) = line.split_once(',').unwrap();
            Mass { x_m: x.parse().unwrap(), y_m: y.parse().unwrap(), weight: 1.0 }
        })
        .collect();
    let window =
        Lattice { west_m: 0.0, north_m: 250_000.0, cell_m: 1_000.0, columns: 400, rows: 250 };
    (points, window)
}

/// Standard deviations that `tests/reference/density_bandwidth.R` prints.
#[test]
fn bandwidths_are_those_of_spatstat() {
    let (points, window) = reference();
    assert_eq!(points.len(), 450);
    let sigma = |rule: Bandwidth| rule.metres(&points, &window, Kernel::Gaussian).unwrap();
    for (rule, spatstat, tolerance) in [
        // spatstat counts distances in steps of 15 m.
        (Bandwidth::Diggle, 9_416.971_92, 16.0),
        (Bandwidth::Scott, 25_858.266_3, 0.001),
        // spatstat's edge correction is summed over pixels, and its deviations
        // are 0.5 % apart.
        (Bandwidth::Likelihood, 12_620.811_2, 80.0),
    ] {
        let got = sigma(rule);
        assert!((got - spatstat).abs() < tolerance, "{rule:?}: {got} {spatstat}");
    }
    // The radius of a quartic of that deviation.
    let quartic = Bandwidth::Diggle.metres(&points, &window, Kernel::Quartic).unwrap();
    assert!((quartic / sigma(Bandwidth::Diggle) - 8f64.sqrt()).abs() < 1e-12);
}

#[test]
fn no_bandwidth_from_one_place() {
    let (_, window) = reference();
    let same = [Mass { x_m: 5e3, y_m: 5e3, weight: 1.0 }; 9];
    for rule in [Bandwidth::Diggle, Bandwidth::Likelihood, Bandwidth::Scott] {
        let got = rule.metres(&same, &window, Kernel::Quartic);
        assert!(got.is_none(), "{rule:?} {got:?}");
    }
}
