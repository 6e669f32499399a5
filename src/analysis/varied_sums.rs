//! Sums of a kernel whose bandwidth differs from point to point, plainly.

use super::kernel::Kernel;
use super::lattice::{Lattice, Mass};
use rayon::prelude::*;

/// Rows of a task.
const BAND: usize = 8;

/// At the centre of every cell the sum over all points of the kernel with the
/// point's own bandwidth, per m², row by row.
///
/// # Accuracy
/// The plain double sum: 10⁻¹² of the peak.
///
/// # Complexity
/// As many kernel values as there are cells in reach of the points. Points are
/// kept by octaves of the bandwidth, so that a few wide ones do not make every
/// band of rows look at all.
pub fn varied_sums(
    points: &[Mass],
    bandwidths_m: &[f64],
    lattice: &Lattice,
    kernel: Kernel,
) -> Vec<f64> {
    let octaves = octaves(points, bandwidths_m, lattice, kernel);
    let columns = lattice.columns;
    let mut sums = lattice.zeros();
    sums.par_chunks_mut(columns * BAND).enumerate().for_each(|(band, cells)| {
        let first = band * BAND;
        let mut factors = Vec::new();
        for octave in &octaves {
            let rows = cells.len() / columns;
            for point in octave.near(first, first + rows - 1) {
                point.add(kernel, first, cells, columns, &mut factors);
            }
        }
    });
    sums
}

/// A point in units of cells, the centre of the first cell at (0, 0).
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    /// Bandwidth.
    h: f64,
    /// Reach of its kernel.
    reach: f64,
    /// Its weight times the kernel's peak.
    height: f64,
}

/// Points of like reach by row.
struct Octave {
    points: Vec<Point>,
    reach: f64,
}

impl Octave {
    fn near(&self, first: usize, last: usize) -> &[Point] {
        let from = self.points.partition_point(|p| p.y < first as f64 - self.reach);
        let to = self.points.partition_point(|p| p.y <= last as f64 + self.reach);
        &self.points[from..to.max(from)]
    }
}

fn octaves(points: &[Mass], widths_m: &[f64], lattice: &Lattice, kernel: Kernel) -> Vec<Octave> {
    let (columns, rows) = (lattice.columns as f64, lattice.rows as f64);
    let mut sorted: Vec<(i32, Point)> = points
        .iter()
        .zip(widths_m)
        .filter_map(|(p, &h_m)| {
            let h = h_m / lattice.cell_m;
            let point = Point {
                x: (p.x_m - lattice.west_m) / lattice.cell_m - 0.5,
                y: (lattice.north_m - p.y_m) / lattice.cell_m - 0.5,
                h,
                reach: kernel.reach() * h,
                height: p.weight * kernel.peak(h_m),
            };
            let near = p.weight != 0.0
                && point.x > -point.reach
                && point.y > -point.reach
                && point.x < columns - 1.0 + point.reach
                && point.y < rows - 1.0 + point.reach;
            near.then(|| (h.log2().floor() as i32, point))
        })
        .collect();
    // Stable: points of one row stay in their order.
    sorted.sort_by(|(a, p), (b, q)| a.cmp(b).then(p.y.total_cmp(&q.y)));
    sorted
        .chunk_by(|(a, _), (b, _)| a == b)
        .map(|octave| Octave {
            points: octave.iter().map(|(_, p)| *p).collect(),
            reach: octave.iter().map(|(_, p)| p.reach).fold(0.0, f64::max),
        })
        .collect()
}

impl Point {
    /// Adds its kernel to a band of rows.
    fn add(
        &self,
        kernel: Kernel,
        first: usize,
        cells: &mut [f64],
        width: usize,
        factors: &mut Vec<f64>,
    ) {
        let per = 1.0 / (self.h * self.h);
        let span = |half: f64| {
            let from = (self.x - half).ceil().max(0.0) as usize;
            let to = (self.x + half + 1.0).floor().max(0.0) as usize;
            (from.min(width), to.min(width).max(from.min(width)))
        };
        if kernel == Kernel::Gaussian {
            let (from, to) = span(self.reach);
            factors.clear();
            factors.extend((from..to).map(|column| {
                let dx = column as f64 - self.x;
                (-0.5 * per * dx * dx).exp()
            }));
        }
        for (i, row) in cells.chunks_mut(width).enumerate() {
            let dy = (first + i) as f64 - self.y;
            let rest = self.reach * self.reach - dy * dy;
            if rest <= 0.0 {
                continue;
            }
            if kernel == Kernel::Gaussian {
                let (from, to) = span(self.reach);
                let factor = self.height * (-0.5 * per * dy * dy).exp();
                for (cell, f) in row[from..to].iter_mut().zip(factors.iter()) {
                    *cell += factor * f;
                }
                continue;
            }
            // A column more on either side: the shape itself says where it ends.
            let (from, to) = span(rest.sqrt() + 1.0);
            let mut dx = from as f64 - self.x;
            for cell in &mut row[from..to] {
                let v = ((rest - dx * dx) * per).max(0.0);
                *cell += self.height
                    * match kernel {
                        Kernel::Uniform => f64::from(u8::from(v > 0.0)),
                        Kernel::Epanechnikov => v,
                        Kernel::Triweight => v * v * v,
                        _ => v * v,
                    };
                dx += 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_the_plain_sum_with_each_points_bandwidth() {
        let lattice =
            Lattice { west_m: -500.0, north_m: 900.0, cell_m: 10.0, columns: 61, rows: 43 };
        let (points, widths): (Vec<Mass>, Vec<f64>) = (0..90)
            .map(|i| {
                let t = f64::from(i);
                let at = Mass {
                    x_m: -600.0 + (t * 97.3) % 900.0,
                    y_m: 350.0 + (t * 61.7) % 700.0,
                    weight: 1.0 + t % 4.0,
                };
                (at, 4.0 + (t * 13.7) % 150.0)
            })
            .unzip();
        for kernel in Kernel::ALL {
            let got = varied_sums(&points, &widths, &lattice, kernel);
            let peak = got.iter().copied().fold(0.0, f64::max);
            for (i, got) in got.iter().enumerate() {
                let (x, y) = lattice.centre(i % 61, i / 61);
                let plain: f64 = points
                    .iter()
                    .zip(&widths)
                    .map(|(p, h)| {
                        let d2 = (p.x_m - x).powi(2) + (p.y_m - y).powi(2);
                        p.weight * kernel.value(d2, *h)
                    })
                    .sum();
                // Cut in a square of eight deviations in place of a disc.
                assert!((got - plain).abs() < 1e-12 * peak, "{kernel} {i} {got} {plain}");
            }
        }
    }
}
