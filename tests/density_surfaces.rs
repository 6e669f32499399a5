//! Surfaces with corrections at the edge, a barrier at the line and adaptive
//! bandwidths, against slow ways to the same numbers and against R.

#![allow(clippy::unwrap_used)]

use durand::analysis::{
    Bandwidth, Contributor, DensityGrid, DensitySettings, Edge, Gauss, Kernel, Lattice, Mass,
    Rectangle, Sources, density, kernel_sums,
};
use durand::geodesy::{Extent, LonLat};
use durand::index::BorderIndex;
use durand::model::{Border, Side};

const EXTENT: Extent = Extent { west: 69.0, south: 33.0, east: 71.0, north: 34.4 };

fn settings(kernel: Kernel) -> DensitySettings {
    DensitySettings {
        kernel,
        bandwidth: Bandwidth::Fixed(if kernel == Kernel::Gaussian { 5e3 } else { 22e3 }),
        adaptive: false,
        edge: Edge::None,
        cell_m: 3_000.0,
        extent: EXTENT,
        counted: "incidents",
    }
}

/// A line with corners that ends inside the extent.
fn line() -> BorderIndex {
    let part = [(68.2, 33.1), (69.5, 33.9), (69.9, 33.3), (70.1, 34.0), (70.6, 33.9)]
        .map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
    BorderIndex::new(&Border::new("line", "L", "R", vec![part.to_vec()]).unwrap())
}

/// A fixed scatter, some of it outside the extent.
fn scatter(n: u32, line: &BorderIndex) -> Vec<Contributor> {
    (0..n)
        .map(|i| {
            let at = LonLat::new(
                68.8 + f64::from(i * 7919 % 1000) / 1000.0 * 2.4,
                32.8 + f64::from(i * 104_729 % 1000) / 1000.0 * 1.8,
            )
            .unwrap();
            let weight = 1.0 + f64::from(i % 3);
            Contributor { side: line.locate(at).side, ..Contributor::at(at, weight) }
        })
        .collect()
}

fn held(grid: &DensityGrid) -> f64 {
    grid.per_km2.iter().sum::<f64>() * (grid.frame.lattice.cell_m / 1000.0).powi(2)
}

#[test]
fn at_points_the_sum_and_its_corrections_are_those_of_spatstat() {
    let points: Vec<Mass> = include_str!("reference/density_points.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (x, y) = line.split_once(',').unwrap();
            Mass { x_m: x.parse().unwrap(), y_m: y.parse().unwrap(), weight: 1.0 }
        })
        .collect();
    let window = Rectangle { west_m: 0.0, south_m: 0.0, east_m: 400_000.0, north_m: 250_000.0 };
    let (gauss, kernel, h) = (Gauss::rule(), Kernel::Gaussian, 10_000.0);
    let mass = |p: &Mass| gauss.mass(kernel, h, (p.x_m, p.y_m), &window);
    let diggle: Vec<Mass> = points.iter().map(|p| Mass { weight: 1.0 / mass(p), ..*p }).collect();
    let mut checked = 0;
    for row in include_str!("reference/density_surface.csv").lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let Some(edge) = cells[0].strip_prefix("points-") else { continue };
        let [x_m, y_m, wanted] = [1, 2, 3].map(|i| cells[i].parse::<f64>().unwrap());
        // One cell about the point.
        let lattice =
            Lattice { west_m: x_m - 0.5, north_m: y_m + 0.5, cell_m: 1.0, columns: 1, rows: 1 };
        let summed = if edge == "diggle" { &diggle } else { &points };
        let mut got = kernel_sums(summed, &lattice, kernel, h).per_m2[0];
        if edge == "uniform" {
            got /= mass(&Mass { x_m, y_m, weight: 1.0 });
        }
        // spatstat sums exactly at points, and corrects by sums over pixels.
        let tolerance = if edge == "none" { 1e-9 } else { 0.01 };
        assert!((got / wanted - 1.0).abs() < tolerance, "{edge}: {got} {wanted}");
        checked += 1;
    }
    assert_eq!(checked, 21);
}

#[test]
fn cells_are_those_of_grass() {
    let points: Vec<Mass> = include_str!("reference/density_points.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (x, y) = line.split_once(',').unwrap();
            Mass { x_m: x.parse().unwrap(), y_m: y.parse().unwrap(), weight: 1.0 }
        })
        .collect();
    let lattice =
        Lattice { west_m: 0.0, north_m: 250_000.0, cell_m: 1_000.0, columns: 400, rows: 250 };
    for kernel in Kernel::ALL {
        // Its radius is four deviations of the Gaussian, which it cuts there.
        let h = if kernel == Kernel::Gaussian { 6_250.0 } else { 25_000.0 };
        let sums = kernel_sums(&points, &lattice, kernel, h).per_m2;
        let mut checked = 0;
        for row in include_str!("reference/density_grass.csv").lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            if cells[0] != kernel.word() {
                continue;
            }
            let [x_m, y_m, grass] = [1, 2, 3].map(|i| cells[i].parse::<f64>().unwrap());
            let got = sums[((250_000.0 - y_m) / 1_000.0) as usize * 400 + (x_m / 1_000.0) as usize];
            if kernel == Kernel::Gaussian {
                // What is cut off: less than a kernel's value there for each point.
                let cut = 450.0 * kernel.value(16.0 * h * h, h);
                assert!(got >= grass * (1.0 - 1e-12) && got < grass + cut, "{got} {grass}");
            } else {
                assert!((got / grass - 1.0).abs() < 1e-10, "{kernel}: {got} {grass}");
            }
            checked += 1;
        }
        assert_eq!(checked, 7);
    }
}

#[test]
fn the_uniform_correction_divides_each_cell_by_its_mass_inside() {
    let line = line();
    let incidents = scatter(50, &line);
    for kernel in Kernel::ALL {
        let plain = DensitySettings { cell_m: 900.0, ..settings(kernel) };
        let grid = density(
            &Sources::of(incidents.clone()),
            &DensitySettings { edge: Edge::Uniform, ..plain },
        )
        .unwrap();
        let window = Rectangle::of(&grid.frame.lattice);
        let inside = incidents.iter().copied().filter(|c| {
            let (x, y) = grid.frame.projection.forward(c.at);
            window.holds(x, y)
        });
        let bare = density(&Sources::of(inside), &plain).unwrap();
        assert_eq!((grid.n, grid.n_outside), (bare.n, 50 - bare.n));
        assert!(grid.n_outside > 5);
        let gauss = Gauss::rule();
        for (i, (got, bare)) in grid.per_km2.iter().zip(&bare.per_km2).enumerate() {
            let columns = grid.frame.lattice.columns;
            let at = grid.frame.lattice.centre(i % columns, i / columns);
            let mass = gauss.mass(kernel, grid.bandwidth_m, at, &window);
            assert!((got * mass - bare).abs() < 1e-12 * grid.peak(), "{kernel}");
        }
    }
}

#[test]
fn diggles_correction_keeps_what_lies_inside() {
    let line = line();
    for adaptive in [false, true] {
        for kernel in [Kernel::Quartic, Kernel::Triweight, Kernel::Gaussian] {
            let asked = DensitySettings { edge: Edge::Diggle, adaptive, ..settings(kernel) };
            let grid = density(&Sources::of(scatter(80, &line)), &asked).unwrap();
            let share = held(&grid) / grid.weight;
            assert!((share - 1.0).abs() < 3e-3, "{kernel} {adaptive}: {share}");
            assert!(grid.share_inside < 0.95 && grid.n < 80);
        }
    }
}

/// At every cell the sum over the incidents of its side, each scaled by its
/// kernel's sum over all cells divided by that over cells of its side; with
/// Diggle's correction over those inside.
#[test]
fn the_barrier_is_the_plain_sum_over_the_incidents_of_a_cells_side() {
    let line = line();
    let incidents = scatter(40, &line);
    for kernel in [Kernel::Uniform, Kernel::Quartic, Kernel::Gaussian] {
        for edge in [Edge::None, Edge::Diggle] {
            let asked = DensitySettings { edge, ..settings(kernel) };
            // So many rows that the surface is made in more than one band.
            let cell_m = if kernel == Kernel::Quartic { 900.0 } else { asked.cell_m };
            let asked = DensitySettings { cell_m, ..asked };
            let sources =
                Sources { incidents: incidents.clone(), line: Some(&line), ..Sources::default() };
            let grid = density(&sources, &asked).unwrap();
            let (h, lattice) = (grid.bandwidth_m, grid.frame.lattice);
            // One that only just reaches in has all of its kernel among the cells.
            let margin = (2.0 * kernel.reach() * h / lattice.cell_m).ceil() as i32 + 2;
            let centre = |column: i32, row: i32| {
                (
                    lattice.west_m + (f64::from(column) + 0.5) * lattice.cell_m,
                    lattice.north_m - (f64::from(row) + 0.5) * lattice.cell_m,
                )
            };
            let (columns, rows) = (lattice.columns as i32, lattice.rows as i32);
            // Sides of all cells that matter, each asked by itself.
            let sides: Vec<Side> = (-margin..rows + margin)
                .flat_map(|row| (-margin..columns + margin).map(move |column| (column, row)))
                .map(|(column, row)| {
                    let (x, y) = centre(column, row);
                    let at = grid.frame.projection.inverse(x, y).unwrap();
                    line.locate(at).side.unwrap_or(Side::Left)
                })
                .collect();
            let side = |column: i32, row: i32| {
                sides[((row + margin) * (columns + 2 * margin) + column + margin) as usize]
            };
            let window = Rectangle::of(&lattice);
            let mut plain = vec![0.0; lattice.columns * lattice.rows];
            for c in &incidents {
                let (px, py) = grid.frame.projection.forward(c.at);
                if edge == Edge::Diggle && !window.holds(px, py) {
                    continue;
                }
                let (mut all, mut own) = (0.0, 0.0);
                let value = |column: i32, row: i32| {
                    let (x, y) = centre(column, row);
                    kernel.value((x - px).powi(2) + (y - py).powi(2), h)
                };
                for row in -margin..rows + margin {
                    for column in -margin..columns + margin {
                        let k = value(column, row);
                        all += k;
                        let inside = (0..rows).contains(&row) && (0..columns).contains(&column);
                        if Some(side(column, row)) == c.side && (inside || edge == Edge::None) {
                            own += k;
                        }
                    }
                }
                let factor = if own > 0.0 { all / own } else { 1.0 };
                for row in 0..rows {
                    for column in 0..columns {
                        if Some(side(column, row)) == c.side {
                            plain[(row * columns + column) as usize] +=
                                1e6 * c.weight * factor * value(column, row);
                        }
                    }
                }
            }
            let peak = grid.peak();
            for (i, (got, plain)) in grid.per_km2.iter().zip(&plain).enumerate() {
                let far = (got - plain).abs();
                assert!(far < 1e-9 * peak, "{kernel} {edge}, cell {i}: {got} {plain}");
            }
        }
    }
}

#[test]
fn the_barrier_loses_no_mass_and_parts_the_sides() {
    let line = line();
    let mut incidents = scatter(60, &line);
    let right = |c: &Contributor| c.side == Some(Side::Right);
    incidents.retain(right);
    // Well inside, so that nothing leaves the grid.
    let inner = Extent { west: 69.4, south: 33.3, east: 70.6, north: 34.1 };
    incidents.retain(|c| inner.contains(c.at));
    let sources = Sources { incidents, line: Some(&line), ..Sources::default() };
    let grid = density(&sources, &settings(Kernel::Quartic)).unwrap();
    assert!((held(&grid) / grid.weight - 1.0).abs() < 2e-2, "{}", held(&grid) / grid.weight);
    let barrier = grid.barrier.as_ref().unwrap();
    let lattice = grid.frame.lattice;
    let mut near_the_line = 0;
    for (i, value) in grid.per_km2.iter().enumerate() {
        let (column, row) = (i % lattice.columns, i / lattice.columns);
        let side = barrier.sides.of(column, row);
        assert!(side == Side::Right || *value == 0.0);
        // What the other side would hold is kept where it lies within three cells.
        let about = |at: usize, cells: usize| at.saturating_sub(3)..(at + 4).min(cells);
        let other = about(row, lattice.rows)
            .any(|r| about(column, lattice.columns).any(|c| barrier.sides.of(c, r) != side));
        let across = barrier.across_per_km2.at(column, row);
        assert_eq!(across.is_some(), other, "{column} {row}");
        near_the_line += usize::from(other);
        assert!(side == Side::Left || across.unwrap_or(0.0) == 0.0);
    }
    assert!(near_the_line > 500, "{near_the_line}");
}

#[test]
fn one_bandwidth_for_all_where_the_intensity_is_the_same() {
    // Two incidents far apart: the pilot is the same at both.
    let at = |lon, lat| Contributor::at(LonLat::new(lon, lat).unwrap(), 1.0);
    let sources = Sources::of([at(69.4, 33.7), at(70.6, 33.7)]);
    let fixed = density(&sources, &settings(Kernel::Quartic)).unwrap();
    let asked = DensitySettings { adaptive: true, ..settings(Kernel::Quartic) };
    let adaptive = density(&sources, &asked).unwrap();
    let [low, high] = adaptive.bandwidth_range_m.unwrap();
    assert!(high / low < 1.02 && (low..=high).contains(&22e3), "{low} {high}");
    let worst = fixed.per_km2.iter().zip(&adaptive.per_km2).map(|(a, b)| (a - b).abs());
    assert!(worst.fold(0.0, f64::max) < 0.02 * fixed.peak());
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let line = line();
    for (adaptive, edge, barrier) in [
        (false, Edge::Uniform, false),
        (true, Edge::Diggle, false),
        (false, Edge::None, true),
        (true, Edge::Diggle, true),
    ] {
        let with = |threads: usize| {
            let sources = Sources {
                incidents: scatter(300, &line),
                line: barrier.then_some(&line),
                ..Sources::default()
            };
            let asked = DensitySettings { adaptive, edge, ..settings(Kernel::Quartic) };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| density(&sources, &asked).unwrap().per_km2)
        };
        assert_eq!(with(1), with(3));
    }
}

#[test]
fn corrections_that_contradict_each_other_are_refused() {
    let line = line();
    let asked = DensitySettings { edge: Edge::Uniform, ..settings(Kernel::Quartic) };
    let sources = Sources { incidents: scatter(9, &line), line: Some(&line), ..Sources::default() };
    assert!(density(&sources, &asked).is_err());
    let asked = DensitySettings { adaptive: true, ..asked };
    assert!(density(&Sources::of(scatter(9, &line)), &asked).is_err());
}
