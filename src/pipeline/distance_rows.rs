//! The table of `durand distance`: its columns, and its rows in every format.

use super::outputs::extension;
use super::{Layers, Study};
use crate::analysis::{Located, Outlook, RegionCache, RegionTally};
#[cfg(feature = "parquet")]
use crate::geodesy::LonLat;
use crate::io::{Cell, GEOJSON_START, SourceRow, csv_header, free_names, push_feature};
#[cfg(feature = "parquet")]
use crate::io::{ColumnKind, ParquetWriteError, ParquetWriter};
use crate::model::Incident;
use crate::project::Plan;
use crate::report::DistanceColumns;
use std::path::Path;

/// How the table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    GeoJson,
    #[cfg(feature = "parquet")]
    Parquet,
    /// A feature a line; with the record separator of RFC 8142 or without.
    Sequence {
        separated: bool,
    },
}

impl Form {
    /// Whether there is a place in it for where the result came from.
    pub(super) fn tells_provenance(self) -> bool {
        !matches!(self, Form::Csv | Form::Sequence { .. })
    }

    /// By the extension of an output.
    pub(super) fn of(path: &Path) -> Form {
        match extension(path).as_str() {
            "geojson" => Form::GeoJson,
            #[cfg(feature = "parquet")]
            "parquet" => Form::Parquet,
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

    /// What stands before the rows.
    pub(super) fn head(&self, form: Form) -> String {
        match form {
            Form::Csv => csv_header(&self.header),
            Form::GeoJson => GEOJSON_START.to_owned(),
            _ => String::new(),
        }
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
                #[cfg(feature = "parquet")]
                None if form == Form::Parquet => {
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

    /// A writer of the table as Parquet; `own` says what the input's columns hold.
    #[cfg(feature = "parquet")]
    pub(super) fn parquet(&self, own: &[ColumnKind]) -> Result<ParquetWriter, ParquetWriteError> {
        let kinds: Vec<ColumnKind> = own.iter().copied().chain(self.columns.kinds()).collect();
        ParquetWriter::new(&self.keys, &kinds)
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
    #[cfg(feature = "parquet")]
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
    let mut out = table.head(Form::Csv);
    let (all, _) = table.rows(&[Form::Csv], &study.incidents, &study.located, &study.rows);
    for rows in all {
        match rows {
            Rows::Text(text) => out.push_str(&text),
            #[cfg(feature = "parquet")]
            Rows::Cells(_) => {}
        }
    }
    out.into_bytes()
}
