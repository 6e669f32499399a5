//! The words of the plates that compare: lines, periods, districts.

use super::Words;
use super::wording::Facts;
use crate::analysis::Comparison;
use crate::figure::scale;

impl Facts {
    /// For the chart of other drawings of the line.
    pub fn borders_chart(&self, lines: &[&Comparison]) -> Words {
        let one = lines.len() == 1;
        let drawings = if one { "Another drawing" } else { "Other drawings" };
        let found = lines.iter().filter_map(|l| l.first.found).map(|f| f.largest_m);
        let title = match found.fold(0.0, f64::max) / 1000.0 {
            0.0 => format!("{drawings} of {}", self.the_line()),
            km => format!(
                "{drawings} of {} {} up to {}{}km from it",
                self.the_line(),
                if one { "lies" } else { "lie" },
                scale::two_figures(km),
                scale::THIN
            ),
        };
        let mut words = self.words(
            false,
            title,
            "Largest distance in every 5 km of the line, by the side it lies on".to_owned(),
            &["Distances are geodesics on WGS 84 from each place of the line to the nearest place \
               of the other. Where that is the other's end, nothing is compared; such stretches \
               stay empty."
                .to_owned()],
        );
        // The chart shows no incidents: there are none to credit.
        words.notes.retain(|note| !note.starts_with("Incidents:"));
        if self.bundled_line {
            words.notes.push(
                "Lines: geoBoundaries (public domain); OCHA/WFP COD-AB Pakistan (CC BY 3.0 IGO); \
                 Natural Earth; all generalised."
                    .to_owned(),
            );
        }
        words
    }
}
