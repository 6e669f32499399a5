//! A bundled file, and its entry in the manifest.

use super::write::Collection;
use super::{AFG_ADM0, AFG_ADM1, AFG_ADM2, NATURAL_EARTH, PAK_ADM0, PAK_ADM2};
use crate::digest::sha256_hex;
use std::fmt::Write;

/// What the manifest says about a file, in words.
pub(super) struct About {
    pub(super) file: &'static str,
    from: &'static [&'static str],
    derivation: &'static str,
    licence: &'static str,
    attribution: &'static str,
}

pub(super) const DURAND_LINE: About = About {
    file: "durand_line.geojson",
    from: &[AFG_ADM2, AFG_ADM0],
    derivation: "The outer edge of the Afghan districts between the tripoints with Iran and China, \
        held against the edge of the country (same vertices to within 1 m), generalised; \
        Afghanistan on its left; six decimals",
    licence: "Public domain, as judged by geoBoundaries; cite geoBoundaries (CC BY 4.0)",
    attribution: "Durand Line: geoBoundaries.org (Runfola et al. 2020), source AIMS and Esri; \
        generalised",
};

pub(super) const PROVINCES: About = About {
    file: "provinces.geojson",
    from: &[AFG_ADM2, AFG_ADM1, PAK_ADM2],
    derivation: "Districts dissolved by province, so that both levels share their edges; Afghan \
        names and codes from the province layer, by the province that holds most of a district",
    licence: AREAS_LICENCE,
    attribution: AREAS_ATTRIBUTION,
};

pub(super) const DISTRICTS: About = About {
    file: "districts.geojson",
    from: &[AFG_ADM2, AFG_ADM1, PAK_ADM2],
    derivation: "Cut into arcs at the vertices where districts part, each arc generalised once, so \
        that neighbours meet as in the originals; the edge along the border is the border line; \
        five decimals, six along the border, more where two vertices would fall together; names \
        without stray white space",
    licence: AREAS_LICENCE,
    attribution: AREAS_ATTRIBUTION,
};

const AREAS_LICENCE: &str = "Afghanistan: public domain, as judged by geoBoundaries; cite geoBoundaries (CC BY 4.0). \
     Pakistan: CC BY 3.0 IGO";
const AREAS_ATTRIBUTION: &str = "Afghanistan: geoBoundaries.org (Runfola et al. 2020), source AIMS and Esri, names and codes \
     WFP. Pakistan: WFP / OCHA (COD-AB), CC BY 3.0 IGO. Generalised";

pub(super) const PLACES: About = About {
    file: "places.geojson",
    from: &[],
    derivation: "Made from places.csv",
    licence: PLACES_LICENCE,
    attribution: PLACES_ATTRIBUTION,
};

const PLACES_LICENCE: &str = "Public domain";
const PLACES_ATTRIBUTION: &str = "Places: made with Natural Earth";

pub(super) const BORDER_COD_AB_PAK: About = About {
    file: "border_cod_ab_pak.geojson",
    from: &[PAK_ADM0],
    derivation: "The outer edge of Pakistan between the vertices nearest to the tripoints, \
        generalised as the Durand Line is, in the same direction",
    licence: "CC BY 3.0 IGO",
    attribution: "Border: WFP / OCHA (COD-AB Pakistan), CC BY 3.0 IGO; generalised",
};

pub(super) const BORDER_NATURAL_EARTH: About = About {
    file: "border_natural_earth.geojson",
    from: &[NATURAL_EARTH],
    derivation: "The 70 parts of the feature between Afghanistan and Pakistan merged to one line, \
        generalised as the Durand Line is, in the same direction",
    licence: "Public domain",
    attribution: "Border: made with Natural Earth",
};

pub(super) const INCIDENTS: About = About {
    file: "incidents.csv",
    from: &[],
    derivation: "Kept by hand: a compilation from published reports, each row with its source; see \
        DATA-LICENSES.md",
    licence: "As the tool: MIT OR Apache-2.0",
    attribution: "Incidents: compiled from published reports, sources with each row",
};

pub(super) const PLACES_TABLE: About = About {
    file: "places.csv",
    from: &[],
    derivation: "Kept by hand: names, ranks and some coordinates; the other coordinates are those \
        of Natural Earth 4.0.0, 1:10m populated places",
    licence: PLACES_LICENCE,
    attribution: PLACES_ATTRIBUTION,
};

pub(super) const LOCAL_NAMES: About = About {
    file: "names.csv",
    from: &[AFG_ADM1],
    derivation: "names_by_hand.csv with the Dari names of the Afghan provinces from the province \
        layer entered",
    licence: NAMES_LICENCE,
    attribution: NAMES_ATTRIBUTION,
};

pub(super) const NAMES_BY_HAND: About = About {
    file: "names_by_hand.csv",
    from: &[],
    derivation: "Kept by hand: names in Pashto, Dari and Urdu; those of provinces as in Unicode \
        CLDR (common/subdivisions ps.xml at 01cbb51, ur.xml at 0cc7425) without the word for \
        province, the others in their common spelling; the table says which",
    licence: NAMES_LICENCE,
    attribution: NAMES_ATTRIBUTION,
};

const NAMES_LICENCE: &str = "Unicode License v3 (CLDR); Dari names of Afghan provinces MIT (WFP PRISM); the rest as the tool";
const NAMES_ATTRIBUTION: &str = "Names: Unicode CLDR, World Food Programme (PRISM), and by hand";

/// A finished file.
pub(super) struct Product {
    pub(super) about: &'static About,
    pub(super) bytes: Vec<u8>,
    features: usize,
    vertices: Option<usize>,
    deviation_m: Option<f64>,
}

impl Product {
    /// A layer; the deviation where something was generalised.
    pub(super) fn layer(
        about: &'static About,
        collection: Collection,
        deviation_m: Option<f64>,
    ) -> Product {
        let (features, vertices) = (collection.features, Some(collection.vertices));
        Product { about, bytes: collection.finish(), features, vertices, deviation_m }
    }

    /// A table: kept by hand, or made with one.
    pub(super) fn table(about: &'static About, text: &str) -> Product {
        let rows = csv::Reader::from_reader(text.as_bytes()).records().count();
        let bytes = text.as_bytes().to_vec();
        Product { about, bytes, features: rows, vertices: None, deviation_m: None }
    }

    /// One sentence for the report.
    pub(super) fn line(&self) -> String {
        let mut line = format!("{}: {} features", self.about.file, self.features);
        // Writing to a String cannot fail, here and below.
        if let Some(vertices) = self.vertices {
            let _ = write!(line, ", {vertices} vertices");
        }
        let _ = write!(line, ", {} bytes", self.bytes.len());
        if let Some(deviation_m) = self.deviation_m {
            let _ = write!(line, ", largest deviation {deviation_m:.1} m");
        }
        line
    }

    fn entry(&self) -> String {
        let About { file, from, derivation, licence, attribution } = self.about;
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let from: Vec<String> = from.iter().map(|file| quoted(file)).collect();
        let mut entry = String::from("\n[[bundled]]\n");
        let _ = writeln!(entry, "file = {}", quoted(file));
        let _ = writeln!(entry, "from = [{}]", from.join(", "));
        let _ = writeln!(entry, "derivation = {}", quoted(derivation));
        let _ = writeln!(entry, "licence = {}", quoted(licence));
        let _ = writeln!(entry, "attribution = {}", quoted(attribution));
        let _ = writeln!(entry, "sha256 = {}", quoted(&sha256_hex(&self.bytes)));
        let _ = writeln!(entry, "bytes = {}", self.bytes.len());
        let _ = writeln!(entry, "features = {}", self.features);
        if let Some(vertices) = self.vertices {
            let _ = writeln!(entry, "vertices = {vertices}");
        }
        if let Some(deviation_m) = self.deviation_m {
            let _ = writeln!(entry, "largest_deviation_m = {deviation_m:.1}");
        }
        entry
    }
}

/// The last line of the manifest that is kept by hand.
const MARK: &str = "# Written by the build from here on.\n";

/// The manifest with its hand-kept part as it was and new entries behind it.
pub(super) fn manifest(old: &str, products: &[Product]) -> String {
    let kept = old.split_once(MARK).map_or(old, |(kept, _)| kept);
    let entries: String = products.iter().map(Product::entry).collect();
    format!("{kept}{MARK}{entries}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hand_kept_part_survives_and_old_entries_do_not() {
        let products = [Product::table(&INCIDENTS, "id,date\na,2021-01-01\nb,\n")];
        let old = format!("# by hand\n{MARK}\n[[bundled]]\nfile = \"gone\"\n");
        let new = manifest(&old, &products);
        assert!(new.starts_with("# by hand\n") && !new.contains("gone"));
        assert!(new.contains("features = 2"), "{new}");
        assert_eq!(manifest(&new, &products), new);
    }
}
