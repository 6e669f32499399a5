//! A table as ACLED exports it: 31 columns, half a kilobyte a row.

use super::plain::Random;
use durand::geodesy::LonLat;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

const HEADER: &str = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,\
sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,\
civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,\
geo_precision,source,source_scale,notes,fatalities,tags,timestamp";

const EVENTS: [(&str, &str); 5] = [
    ("Battles", "Armed clash"),
    ("Explosions/Remote violence", "Air/drone strike"),
    ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
    ("Violence against civilians", "Attack"),
];

/// A place with the names of its areas.
pub struct Place {
    pub at: LonLat,
    pub country: String,
    pub province: String,
    pub district: String,
}

/// Writes rows; some notes are quoted, with quotes and line ends in them. With
/// `precise`, seven in ten are known to the town, the others to its
/// surroundings or the province; else the column is empty.
pub fn write<'a>(
    path: &Path,
    places: impl Iterator<Item = &'a Place>,
    precise: bool,
) -> std::io::Result<()> {
    let mut random = Random(31);
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "{HEADER}")?;
    let mut row = String::new();
    for (i, Place { at, country, province, district }) in places.enumerate() {
        let (event, sub) = EVENTS[random.below(5)];
        let place = district;
        let code = match random.below(20) {
            _ if !precise => "",
            0..14 => "1",
            14..19 => "2",
            _ => "3",
        };
        let note = match i % 50 {
            0 => "\"On this day,\nas \"\"reported\"\" by several sources, ",
            1..25 => "\"On this day, as reported by several sources, ",
            _ => "On this day and as reported by several sources ",
        };
        let end = if i % 50 < 25 { "\"" } else { "" };
        row.clear();
        writeln!(
            row,
            "PAK{i},{:02} May {},{},1,Political violence,{event},{sub},Military Forces of Pakistan \
             (2022-),,State forces,TTP: Tehreek-i-Taliban Pakistan,,Rebel group,State forces-Rebel \
             group,,586,South Asia,{country},{province},{district},{district},{place},{:.4},{:.4},\
             {code},Dawn (Pakistan),National,{note}security forces and an armed group exchanged \
             fire near the village {place} of {district} ({province}). {} fatalities were \
             reported{end},{},,1{:09}",
            1 + random.below(28),
            2018 + i % 8,
            2018 + i % 8,
            at.lat(),
            at.lon(),
            i % 7,
            i % 7,
            random.below(1_000_000_000),
        )
        .map_err(std::io::Error::other)?;
        out.write_all(row.as_bytes())?;
    }
    out.flush()
}
