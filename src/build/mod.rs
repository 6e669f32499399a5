//! Making the bundled layers from the originals.
//!
//! The way of a layer: `originals` reads, `topology` cuts areas into shared
//! arcs, `generalise` simplifies each arc once and undoes what that broke,
//! `dissolve` puts areas together again, `write` turns them into text. The
//! border is the arcs of the Afghan districts that lie on the edge of the
//! country between the tripoints, so line and polygons agree vertex by vertex.

mod areas;
mod dissolve;
mod earth;
mod faults;
mod generalise;
mod grid;
mod line;
mod originals;
mod places;
mod topology;
mod write;

use areas::{Names, tidy};
use dissolve::{PolygonRings, dissolve, polygons};
use generalise::{Generalised, Tolerance};
use geo::{LineString, MultiPolygon};
use grid::GridPoint;
use line::Outline;
use originals::Original;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use topology::Topology;
use write::Collection;

/// What was done, a line for every file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// One sentence each: file, features, vertices, largest deviation.
    pub lines: Vec<String>,
}

/// Why the layers could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// An original cannot be read.
    #[error("{file}: {message}")]
    Original {
        /// File below the folder of originals.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// The geometry of a layer is not what the step relies on.
    #[error("{layer}: {message}")]
    Geometry {
        /// Layer at fault.
        layer: &'static str,
        /// What is wrong.
        message: String,
    },
}

const AFG_ADM0: &str = "geoboundaries-afg/geoBoundaries-AFG-ADM0.geojson";
const AFG_ADM1: &str = "wfp-afg-adm1/geoBoundaries-AFG-ADM1-extended.json";
const AFG_ADM2: &str = "geoboundaries-afg/geoBoundaries-AFG-ADM2.geojson";
const PAK_ADM0: &str = "cod-ab-pak/pak_admbnda_adm0_wfp_20220909.shp";
const PAK_ADM2: &str = "cod-ab-pak/pak_admbnda_adm2_wfp_20220909.shp";
const NATURAL_EARTH: &str = "natural-earth/ne_10m_admin_0_boundary_lines_land.json";

/// Lines: 50 m with a hair left for rounding, which six decimals keep below 0.1 m.
const LINE: Tolerance = Tolerance { distance_m: 49.9, decimals: 6 };
/// Edges of districts. Five decimals are 1.1 m.
const AREA: Tolerance = Tolerance { distance_m: 100.0, decimals: 5 };

/// One country's districts, ready to be generalised.
struct Country {
    topology: Topology,
    districts: Vec<Names>,
    /// Names of each province, without its district.
    provinces: BTreeMap<String, Names>,
}

/// Makes the bundled files from the originals below `from`. Nothing is written.
///
/// # Errors
/// [`BuildError`] when an original is missing, is not the pinned one, or does
/// not have the properties that the step relies on.
pub fn build(from: &Path) -> Result<(Vec<(String, Vec<u8>)>, BuildReport), BuildError> {
    let mut report = BuildReport::default();
    let read = |file: &str| originals::read(&from.join(file));

    let adm2 = read(AFG_ADM2)?;
    let shapes: Vec<MultiPolygon<f64>> = adm2.iter().map(|f| f.areas.clone()).collect();
    let border = line::edge(&line::outline(&shapes), Outline::Afghan);
    let adm0 = line::edge(&exterior(&read(AFG_ADM0)?, AFG_ADM0)?, Outline::Afghan);
    if !same_line(&border, &adm0) {
        return Err(geometry("border", "the outlines of AFG ADM0 and ADM2 differ"));
    }
    let afghan = afghanistan(&read(AFG_ADM1)?, &adm2, &border)?;
    let on_border = border_arcs(&afghan.topology, &border)?;
    let border_set: BTreeSet<usize> = on_border.iter().copied().collect();
    let pakistani = pakistan(&read(PAK_ADM2)?)?;

    let tolerance = |arc| if border_set.contains(&arc) { LINE } else { AREA };
    let afg = Generalised::new(&afghan.topology, tolerance)
        .map_err(|e| geometry("Afghan districts", e))?;
    let pak = Generalised::new(&pakistani.topology, |_| AREA)
        .map_err(|e| geometry("Pakistani districts", e))?;

    let mut files = Vec::new();
    let mut positions: Vec<GridPoint> = Vec::new();
    for &arc in &on_border {
        positions.pop();
        positions.extend(afg.positions(arc));
    }
    let deviation = on_border.iter().map(|&arc| afg.deviation_m(arc)).fold(0.0, f64::max);
    let mut collection = Collection::new();
    collection.line(&sides("Durand Line"), &positions);
    finish(&mut files, &mut report, "durand_line.geojson", collection, deviation);

    let deviation = |g: &Generalised| {
        (0..g.topology.arcs.len()).map(|arc| g.deviation_m(arc)).fold(0.0, f64::max)
    };
    let largest = deviation(&afg).max(deviation(&pak));
    let sources = [(&afghan, &afg), (&pakistani, &pak)];
    let mut provinces = Collection::new();
    let mut districts = Collection::new();
    for (country, generalised) in sources {
        for (name, names) in &country.provinces {
            let members: BTreeSet<usize> = (0..country.districts.len())
                .filter(|&i| &country.districts[i].province == name)
                .collect();
            provinces.area(names, &dissolve(generalised, &members));
        }
        let mut order: Vec<usize> = (0..country.districts.len()).collect();
        order.sort_by_key(|&i| &country.districts[i]);
        for i in order {
            let shape: Vec<PolygonRings> = polygons(generalised, &country.topology.faces[i]);
            districts.area(&country.districts[i], &shape);
        }
        report.lines.push(format!(
            "{} arcs, {} vertices given back to undo faults",
            country.topology.arcs.len(),
            generalised.returned
        ));
    }
    finish(&mut files, &mut report, "provinces.geojson", provinces, largest);
    finish(&mut files, &mut report, "districts.geojson", districts, largest);

    let places = places::places(crate::bundled::PLACES_TABLE)?;
    finish(&mut files, &mut report, "places.geojson", places, 0.0);

    let cod = line::edge(&exterior(&read(PAK_ADM0)?, PAK_ADM0)?, Outline::Pakistani);
    single_line(&mut files, &mut report, "border_cod_ab_pak.geojson", "COD-AB Pakistan", &cod)?;
    let natural_earth = natural_earth_line(&read(NATURAL_EARTH)?)?;
    let name = "border_natural_earth.geojson";
    single_line(&mut files, &mut report, name, "Natural Earth 10m", &natural_earth)?;
    Ok((files, report))
}

fn finish(
    files: &mut Vec<(String, Vec<u8>)>,
    report: &mut BuildReport,
    name: &str,
    collection: Collection,
    deviation_m: f64,
) {
    let (features, vertices) = (collection.features, collection.vertices);
    let bytes = collection.finish();
    report.lines.push(format!(
        "{name}: {features} features, {vertices} vertices, {} bytes, largest deviation {deviation_m:.2} m",
        bytes.len()
    ));
    files.push((name.to_owned(), bytes));
}

fn geometry(layer: &'static str, error: impl std::fmt::Display) -> BuildError {
    BuildError::Geometry { layer, message: error.to_string() }
}

fn sides(name: &str) -> [(&str, &str); 3] {
    [("name", name), ("left", "Afghanistan"), ("right", "Pakistan")]
}

/// The outer ring of the largest polygon of the first feature.
fn exterior(features: &[Original], file: &str) -> Result<Vec<GridPoint>, BuildError> {
    features
        .first()
        .and_then(|f| f.areas.iter().max_by_key(|p| p.exterior().0.len()))
        .map(|p| line::grid_points(p.exterior()))
        .ok_or_else(|| BuildError::Original {
            file: file.to_owned(),
            message: "holds no polygon".to_owned(),
        })
}

/// Whether two lines have the same vertices to within a metre: the publisher's
/// levels agree to ten digits at most vertices, and to 0.3 m at the worst.
fn same_line(a: &[GridPoint], b: &[GridPoint]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(&p, &q)| earth::distance_m(earth::centred(p), earth::centred(q)) < 1.0)
}

fn property(feature: &Original, file: &str, name: &str) -> Result<String, BuildError> {
    feature.properties.get(name).map(|value| tidy(value)).ok_or_else(|| BuildError::Original {
        file: file.to_owned(),
        message: format!("a feature has no property {name}"),
    })
}

fn afghanistan(
    adm1: &[Original],
    adm2: &[Original],
    border: &[GridPoint],
) -> Result<Country, BuildError> {
    const COUNTRY: &str = "Afghanistan";
    let mut names = Vec::new();
    for feature in adm1 {
        names.push(Names {
            country: COUNTRY,
            province: property(feature, AFG_ADM1, "admin1Name_en")?,
            district: None,
            code: Some(property(feature, AFG_ADM1, "admin1Pcode")?),
        });
    }
    let shapes: Vec<MultiPolygon<f64>> = adm1.iter().map(|f| f.areas.clone()).collect();
    let mut districts = Vec::new();
    for feature in adm2 {
        let district = property(feature, AFG_ADM2, "shapeName")?;
        let parent = areas::parent(&feature.areas, &shapes).ok_or_else(|| {
            geometry("Afghan districts", format!("{district} lies in no province"))
        })?;
        districts.push(Names {
            country: COUNTRY,
            province: names[parent].province.clone(),
            district: Some(district),
            code: None,
        });
    }
    let provinces = names.into_iter().map(|n| (n.province.clone(), n)).collect();
    country("Afghan districts", adm2, &[border[0], border[border.len() - 1]], districts, provinces)
}

fn pakistan(adm2: &[Original]) -> Result<Country, BuildError> {
    const COUNTRY: &str = "Pakistan";
    let mut districts = Vec::new();
    let mut provinces = BTreeMap::new();
    for feature in adm2 {
        let province = property(feature, PAK_ADM2, "ADM1_EN")?;
        let code = property(feature, PAK_ADM2, "ADM1_PCODE")?;
        provinces.insert(
            province.clone(),
            Names {
                country: COUNTRY,
                province: province.clone(),
                district: None,
                code: Some(code),
            },
        );
        districts.push(Names {
            country: COUNTRY,
            province,
            district: Some(property(feature, PAK_ADM2, "ADM2_EN")?),
            code: Some(property(feature, PAK_ADM2, "ADM2_PCODE")?),
        });
    }
    country("Pakistani districts", adm2, &[], districts, provinces)
}

fn country(
    layer: &'static str,
    features: &[Original],
    anchors: &[GridPoint],
    districts: Vec<Names>,
    provinces: BTreeMap<String, Names>,
) -> Result<Country, BuildError> {
    let shapes: Vec<MultiPolygon<f64>> = features.iter().map(|f| f.areas.clone()).collect();
    let topology = Topology::of_areas(&shapes, anchors).map_err(|e| geometry(layer, e))?;
    Ok(Country { topology, districts, provinces })
}

/// The arcs that make up the border, from its start, each walked forwards.
fn border_arcs(topology: &Topology, border: &[GridPoint]) -> Result<Vec<usize>, BuildError> {
    let place: HashMap<GridPoint, usize> =
        border.iter().enumerate().map(|(i, &p)| (p, i)).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (arc, known) in topology.arcs.iter().enumerate() {
        let [a, b] = [0, 1].map(|i| place.get(&topology.points[known.vertices[i]]));
        if let (Some(&a), Some(&b), None) = (a, b, known.right)
            && b == a + 1
        {
            found.push((a, arc));
        }
    }
    found.sort_unstable();
    let arcs: Vec<usize> = found.into_iter().map(|(_, arc)| arc).collect();
    let mut walked: Vec<GridPoint> = Vec::new();
    for &arc in &arcs {
        walked.pop();
        walked.extend(topology.arcs[arc].vertices.iter().map(|&v| topology.points[v]));
    }
    if walked == border {
        Ok(arcs)
    } else {
        Err(geometry("border", "the edge of the country is not the edge of its districts"))
    }
}

fn single_line(
    files: &mut Vec<(String, Vec<u8>)>,
    report: &mut BuildReport,
    file: &str,
    name: &str,
    line: &[GridPoint],
) -> Result<(), BuildError> {
    let topology = Topology::of_line(line);
    let generalised = Generalised::new(&topology, |_| LINE).map_err(|e| geometry("border", e))?;
    let positions: Vec<GridPoint> = generalised.positions(0).collect();
    let mut collection = Collection::new();
    collection.line(&sides(name), &positions);
    finish(files, report, file, collection, generalised.deviation_m(0));
    Ok(())
}

fn natural_earth_line(features: &[Original]) -> Result<Vec<GridPoint>, BuildError> {
    let is =
        |f: &Original, key: &str, value: &str| f.properties.get(key).is_some_and(|v| v == value);
    let parts: Vec<LineString<f64>> = features
        .iter()
        .filter(|f| is(f, "adm0_a3_l", "AFG") && is(f, "adm0_a3_r", "PAK"))
        .flat_map(|f| f.lines.iter().cloned())
        .collect();
    line::merge(&parts).ok_or_else(|| geometry("border", "the parts do not make one line"))
}
