//! Results as files: tables, rasters, isolines, the page that shows them all,
//! and the record of where each came from.

mod borders_table;
mod caption;
mod compare_table;
mod compare_words;
mod density_raster;
mod diff_table;
mod distances;
mod hotspots_table;
mod html;
mod html_text;
mod key_findings;
mod nearness;
mod page_tables;
mod profile_table;
mod provenance;
mod raster;
mod relative_raster;
mod series_table;
mod sheets;
mod table;
mod zone_areas_table;
mod zone_layer;
mod zone_polygons;
mod zones_readable;
mod zones_table;

pub use borders_table::{BordersResult, LineResult, borders_document};
pub use caption::caption;
pub use compare_table::{CompareResult, compare_document};
pub use compare_words::{FALSE_DISCOVERY, compare_headlines, group_words, is_finding};
pub use density_raster::{density_csv, density_isolines, levels, sidecar};
pub use diff_table::{DiffResult, Download, diff_document};
pub use distances::{COLUMNS, DistanceColumns, PRECISION_COLUMNS, short_name};
pub use hotspots_table::{hotspots_document, hotspots_geojson, spot_word};
pub use html::{Page, PageFigure, PageTable};
pub use html_text::{clipped, html_data, html_text, json_for_html};
pub use key_findings::{Sides, key_findings};
pub use page_tables::{rejected_rows, zones_rows};
pub use profile_table::{ProfileResult, profile_document};
pub use provenance::{InputFile, Provenance, Tally};
pub use raster::{Band, RasterError, ascii_grid, geotiff, projection_file};
pub use relative_raster::{relative_contours, relative_csv, relative_sidecar};
pub use series_table::series_document;
pub use sheets::{document_sheets, zones_sheet};
pub use table::{Column, Datum, Document, Table};
pub use zone_areas_table::{AreasOf, zone_areas_document};
pub use zone_layer::zone_layer;
pub use zone_polygons::zones_geojson;
pub use zones_readable::{zones_latex, zones_markdown};
pub use zones_table::{zones_csv, zones_json};

/// A number with so many decimals, a minus sign never before a zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let mut text = String::new();
    push_fixed(&mut text, value, decimals);
    text
}

/// The digits of the numbers below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut i = 0;
    while i < pairs.len() {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

/// Writes a number with so many decimals (at most nine), a minus sign never
/// before a zero: what `format!("{value:.decimals$}")` writes, several times
/// faster.
pub(crate) fn push_fixed(out: &mut String, value: f64, decimals: usize) {
    const TENS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let scaled = value.abs() * TENS.get(decimals).copied().unwrap_or(f64::NAN);
    // Rounds down; what is too large is not used.
    let whole = scaled as u64;
    let rest = scaled - whole as f64;
    // The product is off by at most 1e-4 here, so beside a half it may round
    // another way than the number itself; that is left to exact arithmetic.
    if scaled < 1e12 && (rest - 0.5).abs() > 1e-3 {
        let mut number = whole + u64::from(rest > 0.5);
        let negative = value < 0.0 && number > 0;
        let mut digits = [b'0'; 16];
        let mut at = digits.len();
        let mut left = decimals;
        if left % 2 == 1 {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            left -= 1;
        }
        while left > 0 {
            at -= 2;
            digits[at..at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
            number /= 100;
            left -= 2;
        }
        if decimals > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        while number >= 10 {
            at -= 2;
            digits[at..at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
            number /= 100;
        }
        // Without a zero before the first digit, and with one where there is none.
        if number > 0 || at == digits.len() || digits[at] == b'.' {
            at -= 1;
            digits[at] = b'0' + number as u8;
        }
        if negative {
            out.push('-');
        }
        out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
        return;
    }
    let text = format!("{value:.decimals$}");
    let zero = text.starts_with('-') && text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    out.push_str(if zero { &text[1..] } else { &text });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fast way writes what the exact one writes.
    #[test]
    fn numbers_with_decimals() {
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(0.0005, 3), "0.001");
        assert_eq!(fixed(2.5, 0), "2");
        assert_eq!(fixed(-1234.5678, 2), "-1234.57");
        assert_eq!(fixed(7.0, 0), "7");
        assert_eq!(fixed(1e300, 1).len(), 303);
        let mut state = 1_u64;
        for i in 0..200_000_u64 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let unit = (state >> 11) as f64 / (1_u64 << 53) as f64;
            let decimals = (i % 10) as usize;
            let near_half = (unit * 1e6).floor() / 1e3 + 0.0005;
            for value in [unit * 10f64.powi((i % 17) as i32 - 8) - 0.3, near_half, unit * 180.0] {
                let exact = format!("{value:.decimals$}");
                let exact = exact
                    .strip_prefix('-')
                    .filter(|t| t.bytes().all(|b| matches!(b, b'0' | b'.')))
                    .unwrap_or(&exact);
                assert_eq!(fixed(value, decimals), exact, "{value:e} {decimals}");
            }
        }
    }
}
