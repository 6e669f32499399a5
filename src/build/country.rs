//! One country's districts with their names, cut into arcs.

use super::BuildError;
use super::dissolve::{PolygonRings, dissolve, polygons};
use super::generalise::{Generalised, Tolerance};
use super::grid::GridPoint;
use super::names::{Names, parent};
use super::originals::Layer;
use super::topology::Topology;
use std::collections::{BTreeMap, BTreeSet};

/// Districts that share their edges, and what they are called.
pub(super) struct Country {
    pub(super) topology: Topology,
    /// Names in the order of the topology's faces.
    districts: Vec<Names>,
    /// Names of each province, by province.
    provinces: BTreeMap<String, Names>,
}

impl Country {
    /// Afghanistan from the geoBoundaries districts, which know no province,
    /// and the provinces of the WFP copy, of which only names and codes are used.
    /// The ends of the border become nodes.
    pub(super) fn afghanistan(
        provinces: &Layer,
        districts: &Layer,
        border: &[GridPoint],
    ) -> Result<Country, BuildError> {
        const COUNTRY: &str = "Afghanistan";
        let names = provinces.names("admin1Name_en")?;
        let codes = provinces.names("admin1Pcode")?;
        let shapes = provinces.areas()?;
        let areas = districts.areas()?;
        let mut of_district = Vec::with_capacity(areas.len());
        for (area, district) in areas.iter().zip(districts.names("shapeName")?) {
            let province = parent(area, &shapes).ok_or_else(|| {
                BuildError::geometry(COUNTRY, format!("{district} lies in no province"))
            })?;
            of_district.push(Names {
                country: COUNTRY,
                province: names[province].clone(),
                district: Some(district),
                code: None,
            });
        }
        let provinces = named_provinces(COUNTRY, names.into_iter().zip(codes));
        let ends: Vec<GridPoint> =
            [border.first(), border.last()].into_iter().flatten().copied().collect();
        let topology = Topology::of_areas(&areas, &ends)
            .map_err(|e| BuildError::geometry(COUNTRY, e.to_string()))?;
        Ok(Country { topology, districts: of_district, provinces })
    }

    /// Pakistan from the COD-AB districts, which name their provinces.
    pub(super) fn pakistan(districts: &Layer) -> Result<Country, BuildError> {
        const COUNTRY: &str = "Pakistan";
        let provinces = districts.names("ADM1_EN")?;
        let province_codes = districts.names("ADM1_PCODE")?;
        let names = districts.names("ADM2_EN")?;
        let codes = districts.names("ADM2_PCODE")?;
        let of_district = names
            .into_iter()
            .zip(codes)
            .zip(&provinces)
            .map(|((district, code), province)| Names {
                country: COUNTRY,
                province: province.clone(),
                district: Some(district),
                code: Some(code),
            })
            .collect();
        let provinces = named_provinces(COUNTRY, provinces.into_iter().zip(province_codes));
        let topology = Topology::of_areas(&districts.areas()?, &[])
            .map_err(|e| BuildError::geometry(COUNTRY, e.to_string()))?;
        Ok(Country { topology, districts: of_district, provinces })
    }

    /// Generalises every arc by its tolerance.
    pub(super) fn generalise(
        &self,
        tolerance: impl Fn(usize) -> Tolerance,
    ) -> Result<GeneralisedCountry<'_>, BuildError> {
        let arcs = Generalised::new(&self.topology, tolerance)
            .map_err(|e| BuildError::geometry("districts", e.to_string()))?;
        Ok(GeneralisedCountry { country: self, arcs })
    }
}

fn named_provinces(
    country: &'static str,
    names: impl Iterator<Item = (String, String)>,
) -> BTreeMap<String, Names> {
    names
        .map(|(province, code)| {
            let names =
                Names { country, province: province.clone(), district: None, code: Some(code) };
            (province, names)
        })
        .collect()
}

/// A country whose arcs have been generalised.
pub(super) struct GeneralisedCountry<'a> {
    country: &'a Country,
    pub(super) arcs: Generalised<'a>,
}

impl GeneralisedCountry<'_> {
    /// Provinces in order of name, each dissolved from its districts.
    pub(super) fn provinces(&self) -> impl Iterator<Item = (&Names, Vec<PolygonRings>)> {
        let districts = &self.country.districts;
        self.country.provinces.values().map(move |names| {
            let members: BTreeSet<usize> =
                (0..districts.len()).filter(|&i| districts[i].province == names.province).collect();
            (names, dissolve(&self.arcs, &members))
        })
    }

    /// Districts in order of province and name.
    pub(super) fn districts(&self) -> impl Iterator<Item = (&Names, Vec<PolygonRings>)> {
        let districts = &self.country.districts;
        let mut order: Vec<usize> = (0..districts.len()).collect();
        order.sort_by_key(|&i| &districts[i]);
        order
            .into_iter()
            .map(move |i| (&districts[i], polygons(&self.arcs, &self.country.topology.faces[i])))
    }

    /// The largest deviation of any arc, metres.
    pub(super) fn deviation_m(&self) -> f64 {
        self.largest(|_| true)
    }

    /// The largest deviation of an arc between provinces or on the outside, metres.
    pub(super) fn province_deviation_m(&self) -> f64 {
        let province = |face: Option<usize>| face.map(|f| &self.country.districts[f].province);
        self.largest(|arc| {
            let arc = &self.country.topology.arcs[arc];
            province(arc.left) != province(arc.right)
        })
    }

    fn largest(&self, counts: impl Fn(usize) -> bool) -> f64 {
        (0..self.country.topology.arcs.len())
            .filter(|&arc| counts(arc))
            .map(|arc| self.arcs.deviation_m(arc))
            .fold(0.0, f64::max)
    }
}
