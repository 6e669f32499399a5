//! The places that incidents are summed at, in the plane: each with its
//! bandwidth, its side and what corrections multiply its weight by.

use super::abramson::abramson;
use super::barrier::Sides;
use super::density::{DensityError, DensitySettings, Sources};
use super::edge::Edge;
use super::grid_frame::GridFrame;
use super::kernel::Kernel;
use super::lattice::{Lattice, Mass};
use super::window_mass::{Gauss, Rectangle};
use crate::geodesy::Cone;
use crate::model::Side;
use rayon::prelude::*;
use std::ops::Range;

/// Grids are no larger than this, margins included.
pub const MOST_CELLS: usize = 100_000_000;

/// The places of incidents.
pub struct Sites {
    pub(super) kernel: Kernel,
    pub(super) edge: Edge,
    pub(super) lattice: Lattice,
    /// Bandwidth; with an adaptive one that at the mean intensity.
    pub bandwidth_m: f64,
    pub(super) at: Vec<(f64, f64)>,
    /// The place of each incident, or its region.
    of: Vec<Place>,
    /// The places of each region.
    regions: Vec<Range<usize>>,
    /// Empty without a barrier.
    pub(super) side: Vec<Option<Side>>,
    pub sides: Option<Sides>,
    /// Own bandwidths, metres; empty when all are the same.
    pub widths_m: Vec<f64>,
    /// What the weight is multiplied by; empty when by nothing.
    pub(super) factor: Vec<f64>,
    /// Share of each kernel inside the window; empty when not asked for.
    inside: Vec<f64>,
}

#[derive(Clone, Copy)]
enum Place {
    At(usize),
    Region(usize),
    /// Outside the window of observation.
    Outside,
}

impl Sites {
    /// Resolves places, bandwidths and corrections. `sides` are those of a surface of
    /// the same settings at the same line, where they are known: telling them takes
    /// long.
    ///
    /// # Errors
    /// [`DensityError`] when options exclude each other, the grid is too large
    /// or no bandwidth can be found.
    pub fn new(
        sources: &Sources,
        settings: &DensitySettings,
        frame: &GridFrame,
        sides: Option<Sides>,
    ) -> Result<Sites, DensityError> {
        checked(&frame.lattice)?;
        let cone = Cone::new(frame.projection.parameters());
        let places = sources.incidents.par_iter().map(|i| cone.forward(i.at));
        let mut at: Vec<(f64, f64)> = places.collect();
        for region in &sources.regions {
            at.par_extend(region.par_iter().map(|spot| cone.forward(spot.at)));
        }
        Sites::placed(at, sources, settings, frame, sides)
    }

    /// As [`Sites::new`], with the places of incidents and then of regions in
    /// the plane, metres.
    pub fn placed(
        at: Vec<(f64, f64)>,
        sources: &Sources,
        settings: &DensitySettings,
        frame: &GridFrame,
        sides: Option<Sides>,
    ) -> Result<Sites, DensityError> {
        if let Some(why) = settings.refused(sources.line.is_some()) {
            return Err(DensityError::NotTogether(why));
        }
        let lattice = frame.lattice;
        let own: Vec<Mass> = at[..sources.incidents.len()]
            .iter()
            .map(|&(x_m, y_m)| Mass { x_m, y_m, weight: 1.0 })
            .collect();
        let bandwidth_m =
            settings.bandwidth.metres(&own, &lattice, settings.kernel).unwrap_or(f64::NAN);
        if !(bandwidth_m.is_finite() && bandwidth_m > 0.0) {
            return Err(DensityError::NoBandwidth(bandwidth_m));
        }
        drop(own);
        let mut regions = Vec::new();
        let mut from = sources.incidents.len();
        for region in &sources.regions {
            regions.push(from..from + region.len());
            from += region.len();
        }
        let of = sources.incidents.iter().enumerate().map(|(i, incident)| match incident.region {
            Some(region) => Place::Region(region as usize),
            None => Place::At(i),
        });
        let side = match sources.line {
            None => Vec::new(),
            Some(_) => {
                let own = sources.incidents.iter().map(|i| i.side);
                own.chain(sources.regions.iter().flatten().map(|spot| spot.side)).collect()
            }
        };
        let mut sites = Sites {
            kernel: settings.kernel,
            edge: settings.edge,
            lattice,
            bandwidth_m,
            of: of.collect(),
            at,
            regions,
            side,
            sides: sides.filter(|_| !settings.adaptive),
            widths_m: Vec::new(),
            factor: Vec::new(),
            inside: Vec::new(),
        };
        if sites.edge != Edge::None {
            sites.leave_out_what_lies_outside();
        }
        if settings.adaptive {
            let pilot = sites.pilot_lattice();
            checked(&pilot)?;
            sites.lattice = pilot;
            sites.correct(sources, frame)?;
            let surface = sites.sum(|i| sources.incidents[i].weight);
            let weights = sites.weights(|i| sources.incidents[i].weight);
            sites.widths_m = abramson(&weights, bandwidth_m, |i| {
                surface.at(&pilot, sites.at[i], sites.sides.as_ref().zip(sites.side_of(i)))
            });
            (sites.lattice, sites.sides) = (lattice, None);
        }
        sites.correct(sources, frame)?;
        Ok(sites)
    }

    /// Works out sides and factors for the lattice and the bandwidths at hand.
    fn correct(&mut self, sources: &Sources, frame: &GridFrame) -> Result<(), DensityError> {
        let widest = self.widths_m.iter().copied().fold(self.bandwidth_m, f64::max);
        if let (None, Some(line)) = (&self.sides, sources.line) {
            // As far as the kernel of a place outside that only just reaches in.
            let reach = 2.0 * self.kernel.reach() * widest;
            let margin = (reach / self.lattice.cell_m).ceil() as usize + 1;
            let grown = Lattice {
                columns: self.lattice.columns.saturating_add(2 * margin),
                rows: self.lattice.rows.saturating_add(2 * margin),
                ..self.lattice
            };
            checked(&grown)?;
            let place = |x, y| frame.projection.inverse(x, y);
            // Beyond the extent distances are distorted more than on it.
            let stretch = 2.0 * frame.distortion + 0.05;
            self.sides = Some(Sides::new(&self.lattice, margin, line, stretch, place));
        }
        if self.edge == Edge::None && self.sides.is_none() {
            return Ok(());
        }
        let gauss = Gauss::rule();
        let window = Rectangle::of(&self.lattice);
        let (factor, inside) = (0..self.at.len())
            .into_par_iter()
            .map(|i| {
                if self.edge != Edge::None && !window.holds(self.at[i].0, self.at[i].1) {
                    return (0.0, 0.0);
                }
                let (all, own, own_inside) = self.parts(i, &gauss, &window);
                let kept = match self.edge {
                    Edge::None => own,
                    Edge::Uniform => all,
                    Edge::Diggle => own_inside,
                };
                // Without any cell in reach on its side there is nothing to scale.
                let factor = if kept > 0.0 { all / kept } else { 1.0 };
                (factor, if own > 0.0 { own_inside / own } else { 0.0 })
            })
            .unzip();
        (self.factor, self.inside) = (factor, inside);
        Ok(())
    }

    /// Of the mass of a place's kernel: all, that on its side, and that on its
    /// side inside the window.
    fn parts(&self, i: usize, gauss: &Gauss, window: &Rectangle) -> (f64, f64, f64) {
        let h_m = self.width(i);
        match self.sides.as_ref().zip(self.side_of(i)) {
            Some((sides, side)) => {
                let p = sides.parts(self.kernel, h_m, self.at[i], side);
                (p.all, p.own, p.own_inside)
            }
            None => (1.0, 1.0, gauss.mass(self.kernel, h_m, self.at[i], window)),
        }
    }

    fn side_of(&self, i: usize) -> Option<Side> {
        self.side.get(i).copied().flatten()
    }

    pub(super) fn width(&self, i: usize) -> f64 {
        self.widths_m.get(i).copied().unwrap_or(self.bandwidth_m)
    }

    /// With a correction for the window of observation, what lies outside it
    /// was not observed; a region counts by what of it lies inside.
    fn leave_out_what_lies_outside(&mut self) {
        let window = Rectangle::of(&self.lattice);
        let holds = |i: usize| window.holds(self.at[i].0, self.at[i].1);
        let some: Vec<bool> = self.regions.iter().map(|r| r.clone().any(holds)).collect();
        for i in 0..self.of.len() {
            let out = match self.of[i] {
                Place::At(site) => !window.holds(self.at[site].0, self.at[site].1),
                Place::Region(region) => !some[region],
                Place::Outside => true,
            };
            if out {
                self.of[i] = Place::Outside;
            }
        }
    }

    /// The lattice that a pilot surface is evaluated on: the window, or without
    /// a correction at its edge the ground of all places that can reach in.
    fn pilot_lattice(&self) -> Lattice {
        let l = self.lattice;
        if self.edge != Edge::None {
            return l;
        }
        let window = Rectangle::of(&l);
        let reach = super::abramson::WIDEST * self.kernel.reach() * self.bandwidth_m;
        let grown = Rectangle {
            west_m: window.west_m - reach,
            south_m: window.south_m - reach,
            east_m: window.east_m + reach,
            north_m: window.north_m + reach,
        };
        let [mut west, mut south, mut east, mut north] = [0usize; 4];
        let cells = |metres: f64| (metres / l.cell_m).ceil().max(0.0) as usize + 1;
        for &(x, y) in self.at.iter().filter(|(x, y)| grown.holds(*x, *y)) {
            west = west.max(cells(window.west_m - x));
            east = east.max(cells(x - window.east_m));
            south = south.max(cells(window.south_m - y));
            north = north.max(cells(y - window.north_m));
        }
        Lattice {
            west_m: l.west_m - west as f64 * l.cell_m,
            north_m: l.north_m + north as f64 * l.cell_m,
            cell_m: l.cell_m,
            columns: l.columns + west + east,
            rows: l.rows + south + north,
        }
    }

    /// Whether an incident counts: one outside the window of observation does
    /// not where its edge is corrected for.
    pub fn counts(&self, incident: usize) -> bool {
        !matches!(self.of[incident], Place::Outside)
    }

    /// The weight of every place, when incidents have these.
    pub(super) fn weights(&self, of_incident: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut weights = vec![0.0; self.at.len()];
        let mut of_region = vec![0.0; self.regions.len()];
        for (i, place) in self.of.iter().enumerate() {
            match place {
                Place::At(site) => weights[*site] += of_incident(i),
                Place::Region(region) => of_region[*region] += of_incident(i),
                Place::Outside => {}
            }
        }
        let window = Rectangle::of(&self.lattice);
        for (range, weight) in self.regions.iter().zip(of_region).filter(|(_, w)| *w != 0.0) {
            let open = self.edge == Edge::None;
            let kept = |i: &usize| open || window.holds(self.at[*i].0, self.at[*i].1);
            let share = weight / range.clone().filter(kept).count().max(1) as f64;
            for i in range.clone().filter(kept) {
                weights[i] += share;
            }
        }
        weights
    }

    /// Weight inside the window before any correction at its edge, and all weight;
    /// `None` where it was not asked for.
    pub fn inside(&self, of_incident: impl Fn(usize) -> f64) -> Option<[f64; 2]> {
        if self.inside.is_empty() {
            return None;
        }
        let weights = self.weights(of_incident);
        let all = weights.iter().sum();
        Some([weights.iter().zip(&self.inside).map(|(w, i)| w * i).sum(), all])
    }

    /// The narrowest and the widest bandwidth of places with weight, metres.
    pub fn range_m(&self, of_incident: impl Fn(usize) -> f64) -> Option<[f64; 2]> {
        if self.widths_m.is_empty() {
            return None;
        }
        let weights = self.weights(of_incident);
        let used = self.widths_m.iter().zip(weights).filter(|(_, w)| *w > 0.0);
        Some(used.fold([f64::INFINITY, 0.0], |[low, high], (h, _)| [low.min(*h), high.max(*h)]))
    }
}

/// The limit that keeps a wrong cell size from filling the memory.
pub(super) fn checked(lattice: &Lattice) -> Result<(), DensityError> {
    let (columns, rows) = (lattice.columns, lattice.rows);
    if columns.saturating_mul(rows) > MOST_CELLS {
        return Err(DensityError::TooManyCells { columns, rows });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::reference::{frame, points, reference, settings};
    use super::*;

    /// spatstat bins points to pixels of 200 m.
    #[test]
    fn surfaces_and_corrections_at_the_edge_are_those_of_spatstat() {
        let (frame, points) = (frame(), points());
        for edge in Edge::ALL {
            let settings = DensitySettings { edge, ..settings() };
            let sources = Sources::of(points.iter().map(|_| super::super::reference::nobody()));
            let sites = Sites::placed(points.clone(), &sources, &settings, &frame, None).unwrap();
            let surface = sites.sum(|_| 1.0);
            let wanted = reference(&format!("pixels-{edge}"));
            assert_eq!(wanted.len(), 5);
            for (x, y, value) in wanted {
                let got = surface.at(&frame.lattice, (x, y), None).unwrap();
                assert!((got / value - 1.0).abs() < 3e-3, "{edge} {x} {y}: {got} {value}");
            }
        }
    }

    /// sparr takes its pilot from pixels of 1 km by 625 m.
    #[test]
    fn adaptive_bandwidths_and_surfaces_are_those_of_sparr() {
        let (frame, points) = (frame(), points());
        for edge in [Edge::None, Edge::Diggle] {
            let settings = DensitySettings { edge, adaptive: true, ..settings() };
            let sources = Sources::of(points.iter().map(|_| super::super::reference::nobody()));
            let sites = Sites::placed(points.clone(), &sources, &settings, &frame, None).unwrap();
            for (x, y, width) in reference(&format!("width-{edge}")) {
                let i = points.iter().position(|p| *p == (x, y)).unwrap();
                let got = sites.widths_m[i];
                assert!((got / width - 1.0).abs() < 0.012, "{edge} {x} {y}: {got} {width}");
            }
            let surface = sites.sum(|_| 1.0);
            for (x, y, value) in reference(&format!("adaptive-{edge}")) {
                let got = surface.at(&frame.lattice, (x, y), None).unwrap();
                assert!((got / value - 1.0).abs() < 0.02, "{edge} {x} {y}: {got} {value}");
            }
        }
    }
}
