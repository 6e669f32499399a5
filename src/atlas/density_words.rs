//! The words round the density map and the map of a ratio of densities.

use super::Words;
use super::wording::{Facts, capitalised, day, grouped, lower_first, percent, trimmed};
use crate::analysis::{
    DensityGrid, DensitySettings, Edge, GridFrame, LEAST_INCIDENTS, RelativeGrid,
};
use crate::model::Date;

/// The two groups of a ratio.
#[derive(Clone, Debug, PartialEq)]
pub enum Groups {
    /// From a day on, and before it.
    Since(Date),
    /// A category, and all.
    Category(String),
}

impl Facts {
    /// For the density map; `unit` is what the legend counts.
    pub fn density_map(&self, grid: &DensityGrid, unit: &str) -> Words {
        let unit = capitalised(unit);
        let outside = (1.0 - grid.share_inside) * 100.0;
        let outside = match grid.edge {
            Edge::None if outside >= 0.5 => {
                format!(" {outside:.0}\u{a0}% of the mass lies outside the map.")
            }
            Edge::None => String::new(),
            edge => format!(
                " Corrected at the edge of the map ({}): {} of the mass would lie outside.",
                if edge == Edge::Diggle { "Diggle" } else { "uniform" },
                if outside < 0.05 {
                    "nothing".to_owned()
                } else {
                    format!("{}\u{a0}%", percent(1.0 - grid.share_inside))
                }
            ),
        };
        let known = (grid.n + grid.n_outside) as u64;
        let weighted = if known == self.used {
            String::new()
        } else {
            format!(
                " {} of them without a known toll are left out.",
                grouped(self.used.saturating_sub(known))
            )
        };
        let kernel = kernel_words(
            "Kernel density",
            (grid.kernel.word(), grid.bandwidth_m, grid.bandwidth_range_m, &grid.bandwidth_rule),
            "summed exactly",
            &grid.frame,
        );
        let barrier = barrier_words(grid.barrier.is_some());
        let left_out = left_out_words(grid.n_outside);
        self.words(
            true,
            format!("Where incidents gather along {}{}", self.the_line(), self.years()),
            format!("{unit} · {}", self.counted()),
            &[
                format!("{kernel}{barrier}{outside}{left_out}{weighted}"),
                if grid.spread_share > 0.0 {
                    format!(
                        "{}\u{a0}% of the mass, of incidents located near a place, to the district \
                         or to the province, is spread over that region before smoothing.",
                        percent(grid.spread_share)
                    )
                } else {
                    self.taken_at_their_word()
                },
            ],
        )
    }

    /// For the map of a ratio; `undated` incidents are in neither group.
    pub fn relative_map(&self, grid: &RelativeGrid, groups: &Groups, undated: usize) -> Words {
        let (first, rest) = (grouped(grid.cases as u64), grouped((grid.all - grid.cases) as u64));
        let (title, subtitle) = match groups {
            Groups::Since(date) => (
                format!("Where incidents shifted along {} from {}", self.the_line(), day(*date)),
                format!(
                    "Share of the {first} incidents from that day on that lies here, divided by \
                     the share of the {rest} before"
                ),
            ),
            Groups::Category(name) => (
                format!("Where incidents of “{name}” stand out along {}", self.the_line()),
                format!(
                    "Share of the {first} incidents of that category that lies here, divided by \
                     the share of all {}",
                    grouped(grid.all as u64)
                ),
            ),
        };
        let DensitySettings { kernel, bandwidth, edge, .. } = grid.settings;
        let kernels = kernel_words(
            "Ratio of two kernel densities",
            (kernel.word(), grid.bandwidth_m, grid.bandwidth_range_m, bandwidth.rule()),
            "each summed exactly",
            &grid.frame,
        );
        let edge = match edge {
            Edge::None => "",
            Edge::Uniform => " Corrected at the edge of the map (uniform).",
            Edge::Diggle => " Corrected at the edge of the map (Diggle).",
        };
        let undated = if undated > 0 {
            format!(" {} without a date are left out.", grouped(undated as u64))
        } else {
            String::new()
        };
        self.words(
            true,
            title,
            format!("{subtitle} · {}", self.counted()),
            &[
                format!(
                    "{kernels}{}{edge}{}{undated}",
                    barrier_words(grid.across.is_some()),
                    left_out_words(grid.n_outside)
                ),
                format!(
                    "Contours: where the ratio is higher (solid) or lower (dashed) than in 95\u{a0}% of {} \
                     random draws of the group (seed {}), each cell by itself. No colour: fewer \
                     than {LEAST_INCIDENTS} incidents.",
                    grid.tolerance.simulations, grid.tolerance.seed
                ),
            ],
        )
    }

    /// For the densities before and after a day, with their ratio; `undated`
    /// incidents are in neither.
    pub fn pair_map(&self, grid: &RelativeGrid, day_of: Date, undated: usize) -> Words {
        let mut words = self.relative_map(grid, &Groups::Since(day_of), undated);
        let (after, before) = (grouped(grid.cases as u64), grouped((grid.all - grid.cases) as u64));
        words.title =
            format!("Incidents along {} before and from {}", self.the_line(), day(day_of));
        words.subtitle = format!(
            "Incidents per 1,000 km² per year: {before} before, {after} from that day on, on one \
             scale; and the ratio of the shares that lie here\u{a0}· {}",
            self.counted()
        );
        words.description =
            format!("{}. {}. {}", words.title, words.subtitle, words.notes.join(" "));
        Facts::without_places(words)
    }

    /// What the precision is worth where it is not used.
    fn taken_at_their_word(&self) -> String {
        self.precision_note().map_or_else(String::new, |note| {
            format!("Each coordinate is taken at its word: {}", lower_first(&note))
        })
    }
}

/// The sentence on kernel, bandwidth (metres, range, rule), sums and grid.
fn kernel_words(
    what: &str,
    (kernel, bandwidth_m, range_m, rule): (&str, f64, Option<[f64; 2]>, &str),
    summed: &str,
    frame: &GridFrame,
) -> String {
    let km = |m: f64| trimmed(m / 1000.0);
    let rule = if rule == "given" { String::new() } else { format!(" ({rule})") };
    let adaptive = match range_m {
        Some([low, high]) => format!(
            " at the mean intensity, by the incident from {} to {}\u{a0}km (Abramson)",
            km(low),
            km(high)
        ),
        None => String::new(),
    };
    format!(
        "{what}: {kernel} kernel, bandwidth {}\u{a0}km{rule}{adaptive}, {summed} at the centres of {}\u{a0}km cells of an Albers equal-area projection, in which distances are true to {}\u{a0}%.",
        km(bandwidth_m),
        km(frame.lattice.cell_m),
        at_most(100.0 * frame.distortion)
    )
}

/// A bound in one decimal that is not below the number.
fn at_most(value: f64) -> String {
    trimmed(((10.0 * value).ceil() / 10.0).max(0.1))
}

fn barrier_words(barrier: bool) -> &'static str {
    if barrier {
        " Nothing is smoothed across the line: each side is told by the incidents on it."
    } else {
        ""
    }
}

fn left_out_words(outside: usize) -> String {
    if outside == 0 {
        return String::new();
    }
    format!(" {} outside the map are left out.", grouped(outside as u64))
}
