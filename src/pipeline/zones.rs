//! `durand zones`: the table, the figures, the polygons, and the areas by country
//! or province.

use super::borders::{Others, read_others};
use super::density::years;
use super::figures::{base, export_plate, facts, figure_targets, finish_words};
use super::outputs::{ToldFiles, check_outputs, document_output, extension, workbooks};
use super::stream::Incidents;
use super::zone_layers::{is_layer, layer_outputs};
use super::{Account, PipelineError, Stream};
use crate::analysis::{
    GroundByDistance, LinesCounter, Located, NearCounts, Sums, Window, ZoneCounter, ZoneCounts,
    ZonePart, ZoneShapes, Zones, ground_by_distance, near_line, people_by_distance, zone_areas,
    zone_areas_by, zone_shapes,
};
use crate::atlas::{Plate, nearness_chart, zones_chart, zones_map};
use crate::index::StudyIndex;
use crate::io::{Output, read_degree_grid};
use crate::model::{Border, Incident};
use crate::project::{AreasBy, Plan, ZonesFigure};
use crate::report::{
    AreasOf, Document, InputFile, Provenance, zone_areas_document, zones_csv, zones_json,
    zones_latex, zones_markdown, zones_sheet,
};
use std::path::{Path, PathBuf};

/// Simulations of evenly spread incidents.
const SIMULATIONS: usize = 999;

/// What the zones rest on besides the incidents.
#[derive(Default)]
pub(super) struct Beside {
    /// The files of other lines and of people.
    pub inputs: Vec<InputFile>,
    /// What a reader should know of them.
    pub notices: Vec<String>,
}

/// The zones of incidents, and what else they rest on.
///
/// # Errors
/// When the incidents, another line or the raster of people cannot be read.
pub(super) fn zones_of(
    plan: &Plan,
    from: &mut impl Incidents,
) -> Result<(Zones, Beside), PipelineError> {
    let layers = from.account().layers.clone();
    let (index, window) = (&layers.index, &layers.window);
    let others =
        if plan.zones_by_lines { read_others(plan, from.account())? } else { Others::default() };
    let areas_of = |line: &Border| {
        let (provinces, districts) = (&index.provinces.areas, &index.districts.areas);
        StudyIndex::new(line.clone(), provinces.clone(), districts.clone())
    };
    let by_lines: Vec<StudyIndex> = others.lines.iter().map(areas_of).collect();
    // A list that was chosen for the line says nothing about nearness to it.
    let outermost = plan.breaks.metres().last().copied();
    let near = outermost.filter(|_| !from.account().bundled_incidents).map(|m| (window, m));
    let people = match &plan.population {
        Some(path) => {
            Some(people_near(path, index, near.ok_or_else(|| untested(from.account()))?)?)
        }
        None => None,
    };
    let asked = Asked {
        zones: ZoneCounter::new(index, &plan.regions, &plan.breaks),
        near,
        lines: LinesCounter::new(index, &by_lines, &plan.regions, &plan.breaks),
    };
    let Counts { zones, near, lines } = from.sum(&asked)?;

    let account = from.account();
    let areas = zone_areas(index, plan.breaks.metres(), window);
    let mut table = asked.zones.finish(zones, &areas, years(account));
    let mut beside = Beside::default();
    if let (Some(counts), Some((_, within_m))) = (near, asked.near) {
        let test = |ground: &_| near_line(&counts, ground, SIMULATIONS, plan.zones_seed);
        table.near = test(&ground_by_distance(index, within_m, window));
        if let Some((file, by_distance)) = people {
            table.near_people = test(&by_distance).map(|near| (file.name.clone(), near));
            beside.inputs.push(file);
        }
    }
    if plan.zones_by_lines {
        asked.lines.finish(lines, &mut table);
        beside.inputs.extend(others.inputs);
        beside.notices.extend(others.notices);
    }
    Ok((table, beside))
}

/// Where people live by distance from the line, and the raster that says so.
fn people_near(
    path: &Path,
    index: &StudyIndex,
    (window, within_m): (&Window, f64),
) -> Result<(InputFile, GroundByDistance), PipelineError> {
    let (people, sha256) = read_degree_grid(path)?;
    let by_distance = people_by_distance(index, within_m, window, &people);
    let by_distance = by_distance.ok_or_else(|| nobody(&people.name, within_m))?;
    Ok((InputFile { name: people.name, role: "people".to_owned(), sha256 }, by_distance))
}

/// What is counted for the table of zones.
struct Asked<'a> {
    zones: ZoneCounter<'a>,
    /// The ground and the distance that nearness is tested on, where it is.
    near: Option<(&'a Window, f64)>,
    lines: LinesCounter<'a>,
}

/// What was counted.
struct Counts<Z> {
    zones: Z,
    near: Option<NearCounts>,
    /// For each other line.
    lines: Vec<[Z; 2]>,
}

impl Sums for Asked<'_> {
    type Part = Counts<ZonePart>;
    type Sum = Counts<ZoneCounts>;

    fn part(&self, incidents: &[Incident], located: &[Located]) -> Counts<ZonePart> {
        let near = self.near.map(|(window, within_m)| {
            let here = incidents.iter().zip(located);
            let inside = here.filter(|(incident, place)| window.holds_located(incident.at, place));
            NearCounts::of(within_m, inside.map(|(_, place)| place.distance_m))
        });
        let zones = self.zones.part(incidents, located);
        Counts { zones, near, lines: self.lines.part(incidents, located) }
    }

    fn start(&self) -> Counts<ZoneCounts> {
        let near = self.near.map(|(_, within_m)| NearCounts::new(within_m));
        Counts { zones: self.zones.start(), near, lines: self.lines.start() }
    }

    fn add(&self, sum: &mut Counts<ZoneCounts>, part: Counts<ZonePart>) {
        self.zones.add(&mut sum.zones, part.zones);
        if let (Some(sum), Some(part)) = (&mut sum.near, part.near) {
            sum.add_all(&part);
        }
        self.lines.add(&mut sum.lines, part.lines);
    }
}

/// The zones chart of a study.
pub(super) fn zones_plate(plan: &Plan, study: &Account, zones: &Zones, from: &Provenance) -> Plate {
    let words = finish_words(facts(study).zones_chart(zones), &plan.figures, from.line());
    zones_chart(zones, &words, &plan.figures.page)
}

/// The zones map of a study.
pub(super) fn zones_map_plate(
    plan: &Plan,
    study: &Account,
    zones: &Zones,
    shapes: &ZoneShapes,
    from: &Provenance,
) -> Plate {
    let words = facts(study).zones_map(&study.layers.window);
    let words = finish_words(words, &plan.figures, from.line());
    let base = base(study, plan);
    zones_map(&base, shapes, zones, plan.figures.extent, &words, &plan.figures.page)
}

/// The chart of nearness; `None` where it was not tested.
pub(super) fn nearness_plate(
    plan: &Plan,
    study: &Account,
    zones: &Zones,
    from: &Provenance,
) -> Option<Plate> {
    let near = zones.near.as_ref()?;
    let words = finish_words(
        facts(study).nearness_chart(near, zones.near_people.as_ref()),
        &plan.figures,
        from.line(),
    );
    let people = zones.near_people.as_ref().map(|(_, near)| near);
    Some(nearness_chart(near, people, &words, &plan.figures.page))
}

fn nobody(raster: &str, within_m: f64) -> PipelineError {
    PipelineError::asked(
        format!("{raster}: nobody lives within {} km of the line, as it has it", within_m / 1000.0),
        "is it a raster of people, and of this region?",
    )
}

/// Why nearness was not tested.
fn untested(study: &Account) -> PipelineError {
    if study.bundled_incidents {
        return PipelineError::asked(
            "the bundled incidents were chosen for the line: nearness to it is not tested",
            "give incidents that were not chosen by their place",
        );
    }
    PipelineError::asked(
        "no incident lies within the outermost break: nearness to the line is not tested",
        "give a larger break with --breaks-km",
    )
}

/// Areas of the zones by country or province, where that is asked.
pub(super) fn areas_by(plan: &Plan, study: &Account, provenance: &Provenance) -> Option<Document> {
    let by = plan.areas_by?;
    let index = &study.layers.index;
    let name = |number: usize| {
        let district = &index.districts.areas[number];
        let province = index.province_of[number].map(|p| &index.provinces.areas[p].province);
        let province = province.unwrap_or(&district.province);
        (district.country.clone(), (by == AreasBy::Province).then(|| province.clone()))
    };
    let of_district: Vec<_> = (0..index.districts.areas.len()).map(name).collect();
    let mut names = of_district.clone();
    names.sort();
    names.dedup();
    let label = |name| names.binary_search(name).unwrap_or_default();
    let labels: Vec<usize> = of_district.iter().map(label).collect();
    let areas = zone_areas_by(index, plan.breaks.metres(), &labels, names.len());
    let parts: Vec<AreasOf> = names
        .into_iter()
        .zip(areas)
        .map(|((country, province), areas)| AreasOf { country, province, areas })
        .collect();
    let sides = [index.border.left.clone(), index.border.right.clone()];
    Some(zone_areas_document(&sides, plan.breaks.metres(), &parts, provenance.clone()))
}

/// Where the areas by country or province stand: `o.areas.csv` for `o.csv`.
pub(super) fn beside(path: &Path) -> Option<PathBuf> {
    let table = ["csv", "json", "md", "tex"].contains(&extension(path).as_str());
    let extension = path.extension()?.to_str()?;
    table.then(|| path.with_extension(format!("areas.{extension}")))
}

/// Refuses, before any incident is read, what no incidents can give.
fn check_asked(plan: &Plan, study: &Account, outputs: &[PathBuf]) -> Result<(), PipelineError> {
    if plan.areas_by.is_some() && !outputs.iter().any(|path| beside(path).is_some()) {
        return Err(PipelineError::asked(
            "areas by country or province stand beside a table, and no table is written",
            "name one with -o: o.csv, o.json, o.md or o.tex",
        ));
    }
    let drawn = !figure_targets(outputs).is_empty() && plan.zones_figure == ZonesFigure::Nearness;
    if drawn && study.bundled_incidents {
        return Err(untested(study));
    }
    Ok(())
}

/// `durand zones`: the tables, a figure, and the polygons.
///
/// # Errors
/// When an output's format is one it does not write, the incidents or another line
/// cannot be read, the polygons cannot be made, nearness is to be drawn where it was
/// not tested, or a figure cannot be exported.
pub fn zones_outputs(
    plan: &Plan,
    incidents: &mut Stream<'_>,
    outputs: &[PathBuf],
) -> Result<ToldFiles, PipelineError> {
    check_outputs("zones", outputs)?;
    let targets = figure_targets(outputs);
    check_asked(plan, incidents.account(), outputs)?;
    let on_a_map = !targets.is_empty() && plan.zones_figure == ZonesFigure::Map;
    let shapes = if on_a_map || outputs.iter().any(|path| is_layer(path)) {
        let layers = incidents.layers();
        Some(zone_shapes(&layers.index, plan.breaks.metres(), &layers.window)?)
    } else {
        None
    };
    let (table, others) = zones_of(plan, incidents)?;
    let study = incidents.account();
    let mut provenance = study.provenance("zones", plan, &["regions", "zones", "borders"]);
    provenance.inputs.extend(others.inputs);
    let by = areas_by(plan, study, &provenance);
    let about = [("provenance".to_owned(), provenance.line())];
    let mut files = workbooks(&[zones_sheet(&table)], &about, outputs)?;
    for path in outputs {
        let text = match extension(path).as_str() {
            "csv" => zones_csv(&table),
            "json" => zones_json(&table, &provenance),
            "md" => zones_markdown(&table, &provenance),
            "tex" => zones_latex(&table, &provenance),
            _ => continue,
        };
        files.push(Output { path: path.clone(), bytes: text.into_bytes() });
        if let (Some(document), Some(path)) = (&by, beside(path)) {
            files.extend(document_output(document, "areas", &path));
        }
    }
    let mut told = match &shapes {
        Some(shapes) => layer_outputs(&table, shapes, &provenance, outputs)?,
        None => ToldFiles::default(),
    };
    if !targets.is_empty() {
        let plate = match (&shapes, plan.zones_figure) {
            (Some(shapes), ZonesFigure::Map) => {
                zones_map_plate(plan, study, &table, shapes, &provenance)
            }
            (_, ZonesFigure::Nearness) => {
                nearness_plate(plan, study, &table, &provenance).ok_or_else(|| untested(study))?
            }
            _ => zones_plate(plan, study, &table, &provenance),
        };
        files.extend(export_plate(&plate, &targets, &plan.figures)?);
    }
    told.files.extend(files);
    told.notices.extend(others.notices);
    Ok(told)
}
