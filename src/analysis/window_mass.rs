//! How much of a kernel lies inside a rectangle: what corrections at the edge
//! of the window of observation divide by.
//!
//! A kernel (1 − x² − y²)^d is a polynomial in y, so its integral over y has a
//! closed form; what is left is one integral over x. Where the rectangle cuts
//! the disc, x = sin θ makes the integrand smooth between the places where the
//! cut begins and ends, and Gauss's rule with 24 nodes on each stretch is good
//! to 10⁻¹³. The Gaussian is a product of two normal distribution functions.

use super::bandwidth::normal;
use super::kernel::Kernel;
use super::lattice::Lattice;
use rayon::prelude::*;
use std::f64::consts::PI;
use std::ops::Range;

/// A rectangle in the plane, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Western edge.
    pub west_m: f64,
    /// Southern edge.
    pub south_m: f64,
    /// Eastern edge.
    pub east_m: f64,
    /// Northern edge.
    pub north_m: f64,
}

impl Rectangle {
    /// The ground that the cells of a lattice cover.
    pub fn of(lattice: &Lattice) -> Rectangle {
        Rectangle {
            west_m: lattice.west_m,
            south_m: lattice.north_m - lattice.rows as f64 * lattice.cell_m,
            east_m: lattice.west_m + lattice.columns as f64 * lattice.cell_m,
            north_m: lattice.north_m,
        }
    }

    /// Whether a point lies inside or on the edge.
    pub fn holds(&self, x_m: f64, y_m: f64) -> bool {
        (self.west_m..=self.east_m).contains(&x_m) && (self.south_m..=self.north_m).contains(&y_m)
    }
}

/// Nodes and weights on −1..1.
pub struct Gauss {
    nodes: Vec<(f64, f64)>,
}

impl Gauss {
    /// Gauss and Legendre's rule with 24 nodes, by Newton's method on the
    /// Legendre polynomial (Abramowitz & Stegun 25.4.29).
    pub fn rule() -> Gauss {
        const N: usize = 24;
        let nodes = (0..N)
            .map(|i| {
                let mut x = (PI * (i as f64 + 0.75) / (N as f64 + 0.5)).cos();
                let mut slope = 1.0;
                for _ in 0..100 {
                    let (mut before, mut now) = (1.0, x);
                    for k in 2..=N {
                        let k = k as f64;
                        let next = ((2.0 * k - 1.0) * x * now - (k - 1.0) * before) / k;
                        (before, now) = (now, next);
                    }
                    slope = N as f64 * (x * now - before) / (x * x - 1.0);
                    let step = now / slope;
                    x -= step;
                    if step.abs() < 1e-15 {
                        break;
                    }
                }
                (x, 2.0 / ((1.0 - x * x) * slope * slope))
            })
            .collect();
        Gauss { nodes }
    }

    fn integral(&self, from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        self.nodes.iter().map(|(x, w)| w * f(middle + half * x)).sum::<f64>() * half
    }

    /// The share of a kernel about a point that lies inside a rectangle.
    ///
    /// # Accuracy
    /// 10⁻¹².
    pub fn mass(&self, kernel: Kernel, h_m: f64, at: (f64, f64), window: &Rectangle) -> f64 {
        let [west, east] = [window.west_m, window.east_m].map(|x| (x - at.0) / h_m);
        let [south, north] = [window.south_m, window.north_m].map(|y| (y - at.1) / h_m);
        let reach = kernel.reach();
        if west <= -reach && south <= -reach && east >= reach && north >= reach {
            return 1.0;
        }
        if west >= reach || south >= reach || east <= -reach || north <= -reach {
            return 0.0;
        }
        let degree = match kernel {
            Kernel::Gaussian => {
                return (normal(east) - normal(west)) * (normal(north) - normal(south));
            }
            Kernel::Uniform => 0,
            Kernel::Epanechnikov => 1,
            Kernel::Quartic => 2,
            Kernel::Triweight => 3,
        };
        let (from, to) = (west.max(-1.0), east.min(1.0));
        let mut ends = vec![from, to];
        for edge in [south, north] {
            if edge.abs() < 1.0 {
                let x = (1.0 - edge * edge).sqrt();
                ends.extend([-x, x].iter().filter(|x| **x > from && **x < to));
            }
        }
        ends.sort_by(f64::total_cmp);
        let strip = |theta: f64| {
            let s = theta.cos();
            let up = up_to(degree, s, north.clamp(-s, s));
            s * (up - up_to(degree, s, south.clamp(-s, s)))
        };
        let sum: f64 =
            ends.windows(2).map(|e| self.integral(e[0].asin(), e[1].asin(), strip)).sum();
        (sum * kernel.peak(1.0)).clamp(0.0, 1.0)
    }

    /// The mass inside a lattice's rectangle of a kernel about the centre of each
    /// cell of some rows.
    pub fn of_rows(
        &self,
        kernel: Kernel,
        h_m: f64,
        lattice: &Lattice,
        rows: Range<usize>,
    ) -> Vec<f64> {
        let window = Rectangle::of(lattice);
        let reach = kernel.reach() * h_m;
        // Away from the corners the mass depends on one coordinate alone.
        let tall = Rectangle { south_m: f64::NEG_INFINITY, north_m: f64::INFINITY, ..window };
        let wide = Rectangle { west_m: f64::NEG_INFINITY, east_m: f64::INFINITY, ..window };
        let of_column: Vec<f64> = (0..lattice.columns)
            .map(|column| self.mass(kernel, h_m, lattice.centre(column, 0), &tall))
            .collect();
        let mut masses = vec![1.0; lattice.columns * rows.len()];
        masses.par_chunks_mut(lattice.columns).enumerate().for_each(|(row, masses)| {
            let row = rows.start + row;
            let y = lattice.centre(0, row).1;
            let inner = y - reach >= window.south_m && y + reach <= window.north_m;
            let of_row = self.mass(kernel, h_m, (0.0, y), &wide);
            for (column, mass) in masses.iter_mut().enumerate() {
                let x = lattice.centre(column, row).0;
                *mass = if inner {
                    of_column[column]
                } else if x - reach >= window.west_m && x + reach <= window.east_m {
                    of_row
                } else {
                    self.mass(kernel, h_m, (x, y), &window)
                };
            }
        });
        masses
    }
}

/// ∫ (s² − y²)^d dy from 0 to y.
fn up_to(degree: u32, s: f64, y: f64) -> f64 {
    let (s2, y2) = (s * s, y * y);
    y * match degree {
        0 => 1.0,
        1 => s2 - y2 / 3.0,
        2 => s2 * s2 - y2 * (2.0 / 3.0 * s2 - y2 / 5.0),
        _ => s2 * s2 * s2 - y2 * (s2 * s2 - y2 * (0.6 * s2 - y2 / 7.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By summation over a fine lattice.
    fn plainly(kernel: Kernel, h: f64, at: (f64, f64), w: &Rectangle) -> f64 {
        let n = 1_500;
        let reach = kernel.reach() * h;
        let step = 2.0 * reach / f64::from(n);
        let mut sum = 0.0;
        for i in 0..n {
            for j in 0..n {
                let x = -reach + (f64::from(i) + 0.5) * step;
                let y = -reach + (f64::from(j) + 0.5) * step;
                if w.holds(at.0 + x, at.1 + y) {
                    sum += kernel.value(x * x + y * y, h) * step * step;
                }
            }
        }
        sum
    }

    #[test]
    fn the_mass_in_a_rectangle_is_the_sum_over_it() {
        let gauss = Gauss::rule();
        let w = Rectangle { west_m: 0.0, south_m: -3.0, east_m: 10.0, north_m: 4.0 };
        for kernel in Kernel::ALL {
            for (h, at) in [
                (1.0, (0.3, -2.6)),
                (2.0, (5.0, 4.0)),
                (9.0, (1.0, 0.0)),
                (4.0, (-1.5, 5.0)),
                (1.0, (5.0, 0.0)),
                (3.0, (0.0, -3.0)),
            ] {
                let h = h / kernel.reach().sqrt();
                let (got, plain) = (gauss.mass(kernel, h, at, &w), plainly(kernel, h, at, &w));
                assert!((got - plain).abs() < 2e-3, "{kernel} {h} {at:?}: {got} {plain}");
            }
        }
    }

    #[test]
    fn halves_quarters_and_complements_are_exact() {
        let gauss = Gauss::rule();
        let open = Rectangle {
            west_m: f64::NEG_INFINITY,
            south_m: f64::NEG_INFINITY,
            east_m: f64::INFINITY,
            north_m: f64::INFINITY,
        };
        for kernel in Kernel::ALL {
            let of = |w: Rectangle| gauss.mass(kernel, 3.0, (0.0, 0.0), &w);
            assert_eq!(of(open), 1.0);
            assert!((of(Rectangle { west_m: 0.0, ..open }) - 0.5).abs() < 1e-12, "{kernel}");
            let quarter = of(Rectangle { west_m: 0.0, north_m: 0.0, ..open });
            assert!((quarter - 0.25).abs() < 1e-12, "{kernel} {quarter}");
            for (x, y) in [(0.4, 1.1), (-2.0, 0.3), (1.7, 2.9)] {
                let parts = [
                    Rectangle { west_m: x, south_m: y, ..open },
                    Rectangle { west_m: x, north_m: y, ..open },
                    Rectangle { east_m: x, south_m: y, ..open },
                    Rectangle { east_m: x, north_m: y, ..open },
                ];
                let sum: f64 = parts.into_iter().map(of).sum();
                assert!((sum - 1.0).abs() < 1e-12, "{kernel} {x} {y} {sum}");
            }
        }
    }

    #[test]
    fn cells_have_the_mass_of_their_centres() {
        let gauss = Gauss::rule();
        let lattice = Lattice { west_m: -7.0, north_m: 11.0, cell_m: 1.0, columns: 23, rows: 17 };
        for kernel in Kernel::ALL {
            for h in [0.6, 4.0, 40.0] {
                let some = gauss.of_rows(kernel, h, &lattice, 2..17);
                for (i, mass) in some.iter().enumerate() {
                    let at = lattice.centre(i % 23, 2 + i / 23);
                    let own = gauss.mass(kernel, h, at, &Rectangle::of(&lattice));
                    assert!((mass - own).abs() < 1e-12, "{kernel} {h} {at:?} {mass} {own}");
                }
            }
        }
    }
}
