//! The table of `durand distance`: its columns, and its rows in every format.

use super::outputs::extension;
use super::{Layers, Study};
use crate::analysis::{Located, Outlook, RegionCache, RegionTally};
use crate::geodesy::LonLat;
#[cfg(feature = "gpkg")]
use crate::io::GeoPackageWriter;
#[cfg(feature = "parquet")]
use crate::io::ParquetWriter;
#[cfg(feature = "archives")]
use crate::io::XlsxWriter;
use crate::io::{
    Cell, ColumnKind, EncodeError, GEOJSON_START, KML_END, PointEncoder, ShapefileWriter,
    SourceRow, csv_header, free_names, geojson_end, kml_start, push_feature, push_placemark,
};
use crate::model::Incident;
use crate::project::Plan;
use crate::report::{DistanceColumns, short_name};
use std::path::Path;

/// How the table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    GeoJson,
    #[cfg(feature = "gpkg")]
    GeoPackage,
    Kml,
    #[cfg(feature = "parquet")]
    Parquet,
    /// With its other files beside it.
    Shapefile,
    #[cfg(feature = "archives")]
    Xlsx,
    /// A feature a line; with the record separator of RFC 8142 or without.
    Sequence {
        separated: bool,
    },
}

impl Form {
    /// Whether there is a place in it for where the result came from.
    pub(super) fn tells_provenance(self) -> bool {
        match self {
            Form::Csv | Form::Kml | Form::Shapefile | Form::Sequence { .. } => false,
            Form::GeoJson => true,
            #[cfg(feature = "gpkg")]
            Form::GeoPackage => true,
            #[cfg(feature = "parquet")]
            Form::Parquet => true,
            #[cfg(feature = "archives")]
            Form::Xlsx => true,
        }
    }

    /// Whether an encoder writes it, and not text.
    fn is_encoded(self) -> bool {
        match self {
            Form::Csv | Form::GeoJson | Form::Kml | Form::Sequence { .. } => false,
            Form::Shapefile => true,
            #[cfg(feature = "gpkg")]
            Form::GeoPackage => true,
            #[cfg(feature = "parquet")]
            Form::Parquet => true,
            #[cfg(feature = "archives")]
            Form::Xlsx => true,
        }
    }

    /// By the extension of an output.
    pub(super) fn of(path: &Path) -> Form {
        match extension(path).as_str() {
            "geojson" => Form::GeoJson,
            #[cfg(feature = "gpkg")]
            "gpkg" => Form::GeoPackage,
            "kml" => Form::Kml,
            #[cfg(feature = "parquet")]
            "parquet" => Form::Parquet,
            "shp" => Form::Shapefile,
            #[cfg(feature = "archives")]
            "xlsx" => Form::Xlsx,
            // As GDAL has it: `.geojsons` with separators, the others without.
            "geojsons" => Form::Sequence { separated: true },
            "geojsonl" | "ndjson" => Form::Sequence { separated: false },
            _ => Form::Csv,
        }
    }
}

/// The table that is written: its columns, and what is measured.
pub(super) struct Table<'a> {
    pub(super) plan: &'a Plan,
    pub(super) layers: &'a Layers,
    columns: DistanceColumns<'a>,
    /// Regions worked out so far.
    regions: RegionCache<'a>,
    /// Number of columns of the input.
    pub(super) own: usize,
    /// Names of all columns.
    header: Vec<String>,
    /// The same without repetition, for formats that cannot have any.
    keys: Vec<String>,
    precise: bool,
}

impl<'a> Table<'a> {
    /// `own` are the columns of the input; `precise` tells whether it states
    /// how precisely incidents were geocoded.
    pub(super) fn new(
        plan: &'a Plan,
        layers: &'a Layers,
        own: &[String],
        precise: bool,
    ) -> Table<'a> {
        let columns = DistanceColumns::new(&layers.index, precise);
        let names = columns.names();
        // The input may have a `country` of its own: it stays, under `input_country`.
        let mut header = input_names(own, &names);
        header.extend(names);
        let keys = free_names(header.iter().cloned());
        let regions = RegionCache::new(&layers.index, &plan.regions);
        Table { plan, layers, columns, regions, own: own.len(), header, keys, precise }
    }

    /// What stands before the rows; `own` says what the input's columns hold.
    pub(super) fn head(&self, form: Form, own: &[ColumnKind]) -> String {
        match form {
            Form::Csv => csv_header(&self.header),
            Form::GeoJson => GEOJSON_START.to_owned(),
            Form::Kml => kml_start(&self.keys, &self.kinds(own)),
            _ => String::new(),
        }
    }

    /// What stands after them. `provenance` tells where they came from.
    pub(super) fn end(form: Form, provenance: &serde_json::Value) -> String {
        match form {
            Form::GeoJson => geojson_end(&[("provenance".to_owned(), provenance.clone())]),
            Form::Kml => KML_END.to_owned(),
            _ => String::new(),
        }
    }

    fn kinds(&self, own: &[ColumnKind]) -> Vec<ColumnKind> {
        own.iter().copied().chain(self.columns.kinds()).collect()
    }

    /// The rows of incidents, in each form, and how many of their names could
    /// not be used.
    pub(super) fn rows(
        &self,
        forms: &[Form],
        incidents: &[Incident],
        located: &[Located],
        rows: &[SourceRow],
    ) -> (Vec<Rows>, RegionTally) {
        let outlooks = if self.precise {
            self.regions.outlooks(incidents, located)
        } else {
            vec![None; incidents.len()]
        };
        let tally = RegionTally::of(&outlooks);
        let records: Vec<Record<'_>> = incidents
            .iter()
            .zip(rows)
            .zip(located.iter().zip(outlooks))
            .map(|((incident, row), (place, outlook))| Record { incident, row, place, outlook })
            .collect();
        let mut written: Vec<Rows> = Vec::with_capacity(forms.len());
        for (which, &form) in forms.iter().enumerate() {
            let same = forms[..which].iter().position(|&earlier| earlier == form);
            written.push(match same {
                Some(earlier) => written[earlier].clone(),
                None if form.is_encoded() => {
                    Rows::Cells(records.iter().map(|r| (r.incident.at, self.cells(r))).collect())
                }
                None => {
                    let mut out = String::with_capacity(640 * records.len());
                    self.push(form, &records, &mut out);
                    Rows::Text(out)
                }
            });
        }
        (written, tally)
    }

    fn cells(&self, record: &Record<'_>) -> Vec<Cell> {
        let mut cells = record.row.cells(self.own);
        cells.extend(self.columns.cells(record.place, record.outlook));
        cells
    }

    /// A writer of the table in a form that is no text; `own` says what the
    /// input's columns hold.
    #[cfg_attr(not(any(feature = "gpkg", feature = "parquet")), allow(unused_variables))]
    pub(super) fn encoder(
        &self,
        form: Form,
        own: &[ColumnKind],
    ) -> Result<Option<Box<dyn PointEncoder>>, EncodeError> {
        Ok(match form {
            #[cfg(feature = "gpkg")]
            Form::GeoPackage => {
                Some(Box::new(GeoPackageWriter::new(&self.keys, &self.kinds(own))?))
            }
            #[cfg(feature = "parquet")]
            Form::Parquet => Some(Box::new(ParquetWriter::new(&self.keys, &self.kinds(own))?)),
            #[cfg(feature = "archives")]
            Form::Xlsx => Some(Box::new(XlsxWriter::new(&self.keys)?)),
            Form::Shapefile => {
                let fitting: Vec<String> =
                    self.keys.iter().map(|name| short_name(name).to_owned()).collect();
                Some(Box::new(ShapefileWriter::new(&self.keys, &fitting)))
            }
            _ => None,
        })
    }

    /// Writes rows. In GeoJSON every feature has a comma and a line end before
    /// it, the very first included.
    fn push(&self, form: Form, records: &[Record<'_>], out: &mut String) {
        for record in records {
            if form == Form::Csv {
                record.row.push_csv(self.own, out);
                self.columns.push_csv(out, record.place, record.outlook);
                out.push('\n');
                continue;
            }
            if form == Form::Kml {
                push_placemark(out, record.incident, &self.keys, &self.cells(record));
                continue;
            }
            out.push_str(match form {
                Form::GeoJson => ",\n",
                Form::Sequence { separated: true } => "\u{1e}",
                _ => "",
            });
            push_feature(out, record.incident.at, &self.keys, self.cells(record));
            if form != Form::GeoJson {
                out.push('\n');
            }
        }
    }
}

/// Rows as they are written.
#[derive(Clone)]
pub(super) enum Rows {
    /// Text of any form.
    Text(String),
    /// Places and cells, for a format that is no text.
    Cells(Vec<(LonLat, Vec<Cell>)>),
}

/// A row and what was measured.
struct Record<'a> {
    incident: &'a Incident,
    row: &'a SourceRow,
    place: &'a Located,
    outlook: Option<Outlook>,
}

/// The input's column names, those that the result needs for itself prefixed.
fn input_names(header: &[String], columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in header {
        let mut own = name.clone();
        while columns.contains(&own) || (own != *name && header.contains(&own)) {
            own = format!("input_{own}");
        }
        names.push(own);
    }
    names
}

/// The table of a study that is held in memory, as CSV.
pub(super) fn distance_csv(plan: &Plan, study: &Study) -> Vec<u8> {
    let table = Table::new(plan, &study.layers, &study.header, study.states_precision);
    let mut out = table.head(Form::Csv, &[]);
    let (all, _) = table.rows(&[Form::Csv], &study.incidents, &study.located, &study.rows);
    for rows in all {
        if let Rows::Text(text) = rows {
            out.push_str(&text);
        }
    }
    out.into_bytes()
}
