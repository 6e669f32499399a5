//! Making the bundled layers from the originals.
//!
//! The way of a layer: `originals` checks and reads, `topology` cuts areas into
//! shared arcs, `generalise` simplifies each arc once and undoes what that
//! broke, `dissolve` puts areas together again, `write` turns them into text,
//! `product` enters them in the manifest. The border is those arcs of the
//! Afghan districts that lie on the edge of the country between the tripoints,
//! so line and polygons agree vertex by vertex.
//!
//! # Accuracy
//! No original vertex is farther than 50 m from the border line, nor farther
//! than 75 m from the edge of a district; the largest distances found are in
//! the manifest, and `tests/bundled_layers.rs` measures them again.

mod country;
mod dissolve;
mod earth;
mod faults;
mod generalise;
mod grid;
mod line;
mod local_names;
mod names;
mod originals;
mod places;
mod product;
mod topology;
mod write;

use crate::bundled;
use country::Country;
use generalise::{Generalised, Tolerance};
use grid::GridPoint;
use line::Outline;
use originals::Originals;
use product::{About, Product};
use std::collections::BTreeSet;
use std::path::Path;
use topology::Topology;
use write::Collection;

/// File names and contents, in a fixed order.
pub type BuiltFiles = Vec<(String, Vec<u8>)>;

/// What was done, a line for every file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// One sentence each: file, features, vertices, bytes, largest deviation.
    pub lines: Vec<String>,
}

/// Why the layers could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// An original or a hand-kept table is missing or cannot be used.
    #[error("{file}: {message}")]
    Original {
        /// File below the folder of originals.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// An original is another file than the manifest names.
    #[error("{file}: sha256 is {found}, but the manifest asks for {expected}")]
    NotPinned {
        /// File below the folder of originals.
        file: String,
        /// SHA-256 found.
        found: String,
        /// SHA-256 in the manifest.
        expected: String,
    },
    /// The geometry of a layer is not what the step relies on.
    #[error("{layer}: {message}")]
    Geometry {
        /// Layer at fault.
        layer: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The compiled-in manifest is damaged.
    #[error(transparent)]
    Manifest(#[from] bundled::ManifestError),
}

impl BuildError {
    fn original(file: &str, message: String) -> BuildError {
        BuildError::Original { file: file.to_owned(), message }
    }

    fn geometry(layer: &'static str, message: impl Into<String>) -> BuildError {
        BuildError::Geometry { layer, message: message.into() }
    }
}

const AFG_ADM0: &str = "geoboundaries-afg/geoBoundaries-AFG-ADM0.geojson";
const AFG_ADM1: &str = "wfp-afg-adm1/geoBoundaries-AFG-ADM1-extended.json";
const AFG_ADM2: &str = "geoboundaries-afg/geoBoundaries-AFG-ADM2.geojson";
const PAK_ADM0: &str = "cod-ab-pak/pak_admbnda_adm0_wfp_20220909.shp";
const PAK_ADM2: &str = "cod-ab-pak/pak_admbnda_adm2_wfp_20220909.shp";
const NATURAL_EARTH: &str = "natural-earth/ne_10m_admin_0_boundary_lines_land.json";

/// Lines: 50 m, less what rounding to six decimals may add (0.1 m).
const LINE: Tolerance = Tolerance { distance_m: 49.9, decimals: 6 };
/// Edges of districts: 75 m, less what rounding to five decimals may add (0.8 m).
const AREA: Tolerance = Tolerance { distance_m: 74.2, decimals: 5 };

/// As the originals have it.
const EXACT: Tolerance = Tolerance { distance_m: 0.0, decimals: 9 };

/// Makes the bundled files from the originals below `from`, a folder laid out
/// as the manifest's file names are. Nothing is written: the result is every
/// file of `geodata/` by name, the manifest last, hand-kept tables unchanged.
/// The same originals give the same bytes on one platform; on another whose
/// sines differ in the last digit a vertex at the very edge of a tolerance
/// could fall the other way.
///
/// # Errors
/// [`BuildError`] when an original is missing, is not the pinned one, or does
/// not have the properties that the step relies on.
pub fn build(from: &Path) -> Result<(BuiltFiles, BuildReport), BuildError> {
    let originals = Originals::check(from, &bundled::manifest()?.original)?;

    let Made { layers: [durand_line, provinces, districts], notes } =
        line_and_areas(&originals, LINE, AREA)?;

    let cod_ab = line::outline(&originals.read(PAK_ADM0)?.areas()?);
    let cod_ab = line::edge(&cod_ab, Outline::Pakistani);
    let natural_earth = line::between_countries(&originals.read(NATURAL_EARTH)?.features)
        .ok_or_else(|| {
            BuildError::original(NATURAL_EARTH, "the parts do not make one line".to_owned())
        })?;

    let local_names = local_names::local_names(bundled::NAMES_BY_HAND, &originals.read(AFG_ADM1)?)?;

    let products = [
        durand_line,
        provinces,
        districts,
        Product::layer(&product::PLACES, places::places(bundled::PLACES_TABLE)?, None),
        single_line(&product::BORDER_COD_AB_PAK, "COD-AB Pakistan", &cod_ab)?,
        single_line(&product::BORDER_NATURAL_EARTH, "Natural Earth 1:10m", &natural_earth)?,
        Product::table(&product::INCIDENTS, bundled::INCIDENTS),
        Product::table(&product::PLACES_TABLE, bundled::PLACES_TABLE),
        Product::table(&product::LOCAL_NAMES, &local_names),
        Product::table(&product::NAMES_BY_HAND, bundled::NAMES_BY_HAND),
    ];
    let mut report = BuildReport { lines: products.iter().map(Product::line).collect() };
    report.lines.extend(notes);
    let manifest = product::manifest(bundled::MANIFEST, &products);
    let mut files: BuiltFiles =
        products.into_iter().map(|p| (p.about.file.to_owned(), p.bytes)).collect();
    files.push((bundled::MANIFEST_FILE.to_owned(), manifest.into_bytes()));
    Ok((files, report))
}

/// The line, the provinces and the districts with every vertex of the originals
/// (on a grid of 1e-9 degree), by name as the bundled ones. For those who need
/// no generalisation and bear twenty times the size.
///
/// # Errors
/// As [`build`].
pub fn build_full(from: &Path) -> Result<BuiltFiles, BuildError> {
    let originals = Originals::check(from, &bundled::manifest()?.original)?;
    let made = line_and_areas(&originals, EXACT, EXACT)?;
    Ok(made.layers.into_iter().map(|p| (p.about.file.to_owned(), p.bytes)).collect())
}

/// The layers that fit each other.
struct Made {
    /// The line, the provinces, the districts.
    layers: [Product; 3],
    /// What was done, for people.
    notes: Vec<String>,
}

fn line_and_areas(
    originals: &Originals,
    on_line: Tolerance,
    elsewhere: Tolerance,
) -> Result<Made, BuildError> {
    let districts = originals.read(AFG_ADM2)?;
    let border = line::edge(&line::outline(&districts.areas()?), Outline::Afghan);
    let country = line::outline(&originals.read(AFG_ADM0)?.areas()?);
    if !line::agree(&border, &line::edge(&country, Outline::Afghan)) {
        return Err(BuildError::geometry("border", "the outlines of country and districts differ"));
    }

    let afghanistan = Country::afghanistan(&originals.read(AFG_ADM1)?, &districts, &border)?;
    let pakistan = Country::pakistan(&originals.read(PAK_ADM2)?)?;
    let border_arcs = line::arcs(&afghanistan.topology, &border).ok_or_else(|| {
        BuildError::geometry("border", "the edge of the country is not made of arcs of districts")
    })?;
    let on_border: BTreeSet<usize> = border_arcs.iter().copied().collect();
    let afghanistan =
        afghanistan.generalise(|arc| if on_border.contains(&arc) { on_line } else { elsewhere })?;
    let pakistan = pakistan.generalise(|_| elsewhere)?;

    let mut provinces = Collection::default();
    let mut districts = Collection::default();
    for country in [&afghanistan, &pakistan] {
        country.provinces().for_each(|(names, shape)| provinces.area(names, &shape));
        country.districts().for_each(|(names, shape)| districts.area(names, &shape));
    }
    let of_provinces = afghanistan.province_deviation_m().max(pakistan.province_deviation_m());
    let of_districts = afghanistan.deviation_m().max(pakistan.deviation_m());

    let mut notes = Vec::new();
    for (name, country) in [("Afghanistan", &afghanistan), ("Pakistan", &pakistan)] {
        notes.push(format!(
            "{name}: {} arcs; {} vertices given back where edges would have crossed",
            country.arcs.topology.arcs.len(),
            country.arcs.returned
        ));
    }
    let layers = [
        border_layer(&product::DURAND_LINE, "Durand Line", &afghanistan.arcs, &border_arcs),
        Product::layer(&product::PROVINCES, provinces, Some(of_provinces)),
        Product::layer(&product::DISTRICTS, districts, Some(of_districts)),
    ];
    Ok(Made { layers, notes })
}

/// A border of consecutive arcs.
fn border_layer(
    about: &'static About,
    name: &str,
    generalised: &Generalised,
    arcs: &[usize],
) -> Product {
    let mut positions: Vec<GridPoint> = Vec::new();
    for &arc in arcs {
        positions.pop();
        positions.extend(generalised.positions(arc));
    }
    let deviation = arcs.iter().map(|&arc| generalised.deviation_m(arc)).fold(0.0, f64::max);
    let mut collection = Collection::default();
    let properties = [("name", name), ("left", "Afghanistan"), ("right", "Pakistan")];
    collection.line(&properties, &positions);
    Product::layer(about, collection, Some(deviation))
}

/// A border that is no edge of the bundled districts.
fn single_line(
    about: &'static About,
    name: &str,
    line: &[GridPoint],
) -> Result<Product, BuildError> {
    let topology = Topology::of_line(line);
    let generalised = Generalised::new(&topology, |_| LINE)
        .map_err(|e| BuildError::geometry("border", e.to_string()))?;
    Ok(border_layer(about, name, &generalised, &[0]))
}
