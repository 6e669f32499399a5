//! Geometries whose coordinates are metres of a zone of UTM, as degrees.

use super::gate::{Foreign, Raw, Refusal};
use crate::geodesy::Utm;

/// A geometry in degrees; as it is where there is no zone.
///
/// # Errors
/// When a pair of metres is no place of the zone.
pub(super) fn in_degrees(zone: Option<&Utm>, found: Foreign) -> Result<Foreign, Refusal> {
    let Some(zone) = zone else { return Ok(found) };
    let one = |p: Raw| {
        zone.degrees(p).ok_or_else(|| {
            let reason = format!("is no place of {}", zone.name());
            Refusal::new(format!("{}, {}", p[0], p[1]), reason)
        })
    };
    let part = |part: Vec<Raw>| part.into_iter().map(one).collect::<Result<Vec<_>, _>>();
    let parts = |parts: Vec<Vec<Raw>>| parts.into_iter().map(part).collect::<Result<Vec<_>, _>>();
    Ok(match found {
        Foreign::Points(points) => Foreign::Points(part(points)?),
        Foreign::Lines(lines) => Foreign::Lines(parts(lines)?),
        Foreign::Rings(rings) => Foreign::Rings(parts(rings)?),
        Foreign::Polygons(polygons) => {
            Foreign::Polygons(polygons.into_iter().map(parts).collect::<Result<_, _>>()?)
        }
    })
}

/// What the user should know of a file in a zone.
pub(super) fn notice(zone: &Utm) -> String {
    format!("coordinates turned into degrees from {}", zone.name())
}
