//! Areas of the zones by country or province.

use super::table::{numbers, words};
use super::{Datum, Document, Provenance, Table};
use crate::analysis::ZoneAreas;

/// Less ground is left out: half of the last figure.
const LEAST_KM2: f64 = 0.0005;

/// Areas of one country or province.
pub struct AreasOf {
    /// Country.
    pub country: String,
    /// Province; `None` for a whole country.
    pub province: Option<String>,
    /// Its part of every zone.
    pub areas: ZoneAreas,
}

/// The table of areas: for each country or province its part of every zone on
/// either side, and of the whole side; rows without ground are left out.
///
/// # Units
/// km and km²; `area_error_km2` is what an area may be wrong by.
pub fn zone_areas_document(
    names: &[String; 2],
    breaks_m: &[f64],
    parts: &[AreasOf],
    provenance: Provenance,
) -> Document {
    let by_province = parts.iter().any(|part| part.province.is_some());
    let mut columns = vec![words("country", "Country")];
    columns.extend(by_province.then(|| words("province", "Province")));
    columns.extend([
        words("side", "Side of the line"),
        numbers("from_km", "From (km)"),
        numbers("to_km", "To (km)"),
        numbers("area_km2", "Area (km²)"),
        numbers("area_error_km2", "Wrong by at most (km²)"),
    ]);
    let km = |m: f64| {
        let text = super::fixed(m / 1000.0, 3);
        let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        Datum { value: serde_json::from_str(&text).unwrap_or_default(), shown: text }
    };
    let mut rows = Vec::new();
    for part in parts {
        for (side, name) in names.iter().enumerate() {
            let mut add = |from: Datum, to: Datum, km2: f64, error_km2: f64| {
                if km2.abs() < LEAST_KM2 {
                    return;
                }
                let mut row = vec![Datum::text(&part.country)];
                row.extend(part.province.as_ref().map(Datum::text));
                row.extend([Datum::text(name), from, to]);
                row.extend([Datum::number(km2, 3), Datum::number(error_km2, 4)]);
                rows.push(row);
            };
            let (areas, errors) = (&part.areas.zones_km2[side], &part.areas.zone_errors_km2[side]);
            for (zone, (&km2, &error_km2)) in areas.iter().zip(errors).enumerate() {
                let from = if zone == 0 { 0.0 } else { breaks_m[zone - 1] };
                add(km(from), km(breaks_m[zone]), km2, error_km2);
            }
            if let (Some(whole), Some(errors)) = (part.areas.whole_km2, part.areas.whole_errors_km2)
            {
                let end = Datum::unknown().shown("whole side");
                add(km(0.0), end, whole[side], errors[side]);
            }
        }
    }
    let table = Table {
        name: "areas",
        caption: "Areas of the zones by whose ground it is".to_owned(),
        columns,
        rows,
    };
    let notes = vec![
        "The side is told by the line. On its side a place belongs to the area that holds it; in a \
         gap between the two countries' layers along the line (within 5 km of it) to the nearest \
         area of that side; where the layers overlap, to the area of that side. So a row of one \
         country on the other's side is ground farther than 5 km from the line, beyond an end of \
         it, and all rows add up to the areas of the zones."
            .to_owned(),
    ];
    Document { findings: Vec::new(), tables: vec![table], notes, provenance }
}
