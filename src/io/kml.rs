//! Placemarks of a KML file (OGC 12-007r2) as a delimited table.
//!
//! The file is read twice, for the names of its data and for its rows, and
//! written out as RFC 4180 text that is then read like any other table. Nothing
//! is held but one placemark, whatever the size.

use super::decoding::decoded;
use super::open::{read_error, unpacked};
use super::workbook::push_quoted;
use super::xml_pieces::{LONGEST, Pieces};
use super::{ReadError, Reject};
use encoding_rs::{Encoding, UTF_8};
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};

/// Deepest nesting of elements.
const DEEPEST: usize = 128;
/// Most columns.
const MOST_COLUMNS: usize = 10_000;
/// Columns before those of the data.
const OWN: [&str; 6] = ["lon", "lat", "id", "name", "description", "date"];
/// Geometries; what is no single point is named in place of its coordinates.
const GEOMETRIES: [&str; 8] = [
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiGeometry",
    "Track",
    "MultiTrack",
    "Model",
];

/// Whether a file's first bytes are those of a KML document.
pub(super) fn is_kml(head: &[u8]) -> bool {
    let (encoding, mark) = Encoding::for_bom(head).unwrap_or((UTF_8, 0));
    let (text, _) = encoding.decode_without_bom_handling(&head[mark..]);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && (text.contains("<kml") || text.contains(":kml "))
}

/// Writes a row for each placemark as comma-separated text: its coordinates,
/// id, name, description, day (of its time stamp, or the first of its span)
/// and every named value of its extended data. A geometry that is no single
/// point leaves its name where the coordinates should be.
///
/// # Errors
/// When the XML is damaged, nested too deep or has too long a text, and when
/// the rows cannot be written. `open` gives the bytes from the start.
pub(super) fn write_placemarks<'a>(
    name: &str,
    open: impl Fn() -> Result<Box<dyn Read + Send + 'a>, ReadError>,
    out: &mut dyn Write,
) -> Result<(), ReadError> {
    let mut head = Vec::new();
    open()?.take(1024).read_to_end(&mut head).map_err(|e| read_error(name, &e))?;
    let (encoding, mark) = encoding_of(name, &head)?;
    let open = || {
        let mut from = open()?;
        std::io::copy(&mut (&mut from).take(mark), &mut std::io::sink())
            .map_err(|e| read_error(name, &e))?;
        Ok::<_, ReadError>(if encoding == UTF_8 { from } else { decoded(from, encoding) })
    };
    let (mut data, mut known): (Vec<String>, BTreeSet<String>) = Default::default();
    each_placemark(name, BufReader::new(open()?), |placemark| {
        let new = placemark.keys.iter().filter(|key| known.insert((*key).clone()));
        data.extend(new.cloned());
        if data.len() > MOST_COLUMNS { Err(too_many_columns(name)) } else { Ok(()) }
    })?;
    let failed = |e: std::io::Error| unpacked(name, &e);
    let header = distinct_names(own_names(&data).into_iter().chain(data.iter().cloned()));
    out.write_all(line(header.iter().map(String::as_str)).as_bytes()).map_err(failed)?;
    each_placemark(name, BufReader::new(open()?), |placemark| {
        let [lon, lat] = placemark.coordinates();
        let own = [&lon, &lat, &placemark.id, &placemark.name, &placemark.about, &placemark.date];
        let value = |key: &String| placemark.data.get(key).map_or("", String::as_str);
        let cells = own.into_iter().map(String::as_str).chain(data.iter().map(value));
        out.write_all(line(cells).as_bytes()).map_err(failed)
    })
}

/// The encoding of a document and the length of its byte-order mark: by that
/// mark, else by what the XML declaration says, else UTF-8 (XML 1.0, appendix F).
///
/// # Errors
/// When it declares an encoding that is not known.
fn encoding_of(name: &str, head: &[u8]) -> Result<(&'static Encoding, u64), ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Ok((encoding, mark as u64));
    }
    let text = String::from_utf8_lossy(head);
    let declaration =
        text.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let Some((_, said)) = declaration.and_then(|(inside, _)| inside.split_once("encoding")) else {
        return Ok((UTF_8, 0));
    };
    let label = said.trim_start().trim_start_matches('=').trim_start();
    let quote = label.chars().next().filter(|c| matches!(c, '"' | '\''));
    let label = quote.and_then(|quote| label[1..].split(quote).next()).unwrap_or_default();
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding.is_ascii_compatible() => Ok((encoding, 0)),
        // UTF-16 without a mark could not have been read as far as this.
        Some(_) => Ok((UTF_8, 0)),
        None => {
            let message =
                format!("declares the encoding `{}`, which is not known", Reject::cut(label));
            Err(ReadError::new(name, message)
                .hint("convert it first: iconv -t UTF-8, and say so in its first line"))
        }
    }
}

/// Names of the columns before those of the data. The coordinates are the
/// geometry's whatever the data say; an `id` or a `date` of the data is the
/// author's own and goes before what KML has for it.
fn own_names(data: &[String]) -> Vec<String> {
    let named = |own: &str| data.iter().any(|key| key.trim().eq_ignore_ascii_case(own));
    OWN.iter()
        .map(|&own| match own {
            "lon" | "lat" => own.to_owned(),
            own if named(own) => format!("placemark_{own}"),
            own => own.to_owned(),
        })
        .collect()
}

/// Names of which no two are the same whatever their case, as a table wants
/// them; the first keep theirs.
fn distinct_names(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            let mut free = name.clone();
            let mut number = 2_u32;
            while !taken.insert(free.to_lowercase()) {
                free = format!("{name}_{number}");
                number += 1;
            }
            free
        })
        .collect()
}

fn too_many_columns(name: &str) -> ReadError {
    let message = format!("has more columns than the limit `columns` of {MOST_COLUMNS}");
    ReadError::new(name, message)
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            line.push(',');
        }
        // A line for each placemark.
        push_quoted(&mut line, &cell.replace(['\r', '\n'], " "));
    }
    line.push('\n');
    line
}

/// What a placemark says.
#[derive(Default)]
struct Placemark {
    id: String,
    name: String,
    about: String,
    date: String,
    /// Outermost geometry.
    geometry: &'static str,
    /// Coordinates of each point.
    points: Vec<String>,
    /// Whether there is a line or an area.
    extended: bool,
    /// Names of the data in the order of the file.
    keys: Vec<String>,
    data: BTreeMap<String, String>,
}

impl Placemark {
    /// Longitude and latitude as they are written; what cannot be told apart
    /// comes as it is, for the reader of tables to refuse.
    fn coordinates(&self) -> [String; 2] {
        match self.points.as_slice() {
            [one] if !self.extended => {
                let parts: Vec<&str> = one.trim().split(',').map(str::trim).collect();
                match parts.as_slice() {
                    [lon, lat] | [lon, lat, _] => [(*lon).to_owned(), (*lat).to_owned()],
                    _ => [one.clone(), one.clone()],
                }
            }
            _ => [self.geometry.to_owned(), self.geometry.to_owned()],
        }
    }
}

/// Hands over every placemark in the order of the file.
fn each_placemark(
    name: &str,
    from: impl BufRead,
    mut take: impl FnMut(&Placemark) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut reader = quick_xml::Reader::from_reader(Pieces::new(from));
    let mut buffer = Vec::new();
    // Names of the open elements, text of the innermost.
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut placemark: Option<Placemark> = None;
    let mut key = String::new();
    loop {
        buffer.clear();
        reader.get_mut().begin();
        let at = reader.buffer_position();
        let damaged = |e: quick_xml::Error| {
            ReadError::new(name, format!("cannot be read as KML: {e}"))
                .at(format!("byte {at}"))
                .hint("was the download cut off?")
        };
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => {
                let (tag, id, named) = tag(&element);
                begin(&mut placemark, &tag, id);
                if tag == "Data" || tag == "SimpleData" {
                    key = named;
                }
                text.clear();
                open.push(tag);
                if open.len() > DEEPEST {
                    let message = format!("is nested deeper than the limit `depth` of {DEEPEST}");
                    return Err(ReadError::new(name, message).at(format!("byte {at}")));
                }
            }
            Event::Empty(element) => {
                let (tag, id, _) = tag(&element);
                begin(&mut placemark, &tag, id);
                if tag == "Placemark"
                    && let Some(done) = placemark.take()
                {
                    take(&done)?;
                }
            }
            Event::Text(more) => text.push_str(&more.xml10_content()),
            Event::CData(more) => text.push_str(&more.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(character)) => text.push(character),
                // A name that XML does not know stays as it is.
                _ => match resolve_predefined_entity(&entity) {
                    Some(meaning) => text.push_str(meaning),
                    None => text.push_str(&format!("&{};", &*entity)),
                },
            },
            Event::End(_) => {
                let Some(tag) = open.pop() else { continue };
                if tag == "Placemark" {
                    if let Some(done) = placemark.take() {
                        take(&done)?;
                    }
                } else if let Some(placemark) = &mut placemark {
                    let above = open.last().map_or("", String::as_str);
                    keep(placemark, &tag, above, text.trim(), &key);
                    if placemark.keys.len() > MOST_COLUMNS {
                        return Err(too_many_columns(name));
                    }
                }
                text.clear();
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => {
                return Err(ReadError::new(name, "cannot be read as KML: it ends too early")
                    .hint("was the download cut off?"));
            }
            _ => {}
        }
        if text.len() > LONGEST {
            let message = "holds a text beyond the limit `field length` of 16 MiB";
            return Err(ReadError::new(name, message).at(format!("byte {at}")));
        }
    }
}

/// An element's name without its prefix, and its attributes `id` and `name`.
fn tag(element: &BytesStart<'_>) -> (String, String, String) {
    let value = |name: &str| {
        let found = element.try_get_attribute(name).ok().flatten();
        let value = found.and_then(|a| unescape(&a.value).ok().map(|v| v.into_owned()));
        value.unwrap_or_default()
    };
    (element.local_name().as_ref().to_owned(), value("id"), value("name"))
}

/// Takes note of an element that begins.
fn begin(placemark: &mut Option<Placemark>, tag: &str, id: String) {
    if tag == "Placemark" {
        *placemark = Some(Placemark { id, ..Placemark::default() });
    } else if let (Some(placemark), Some(geometry)) =
        (placemark, GEOMETRIES.iter().find(|&&known| known == tag))
    {
        if placemark.geometry.is_empty() {
            placemark.geometry = geometry;
        }
        placemark.extended |= *geometry != "Point" && *geometry != "MultiGeometry";
    }
}

/// Takes note of the text of an element that ends.
fn keep(placemark: &mut Placemark, tag: &str, above: &str, text: &str, key: &str) {
    match (above, tag) {
        ("Placemark", "name") => placemark.name = text.to_owned(),
        ("Placemark", "description") => placemark.about = text.to_owned(),
        ("TimeStamp", "when") | ("TimeSpan", "begin") => placemark.date = text.to_owned(),
        ("Point", "coordinates") => placemark.points.push(text.to_owned()),
        // Of several of one name the first counts.
        ("Data", "value") | (_, "SimpleData") if !placemark.data.contains_key(key) => {
            placemark.keys.push(key.to_owned());
            placemark.data.insert(key.to_owned(), text.to_owned());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IncidentFile, Input, ReadOptions, read_incidents};
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n";

    fn read(text: &str) -> Result<IncidentFile, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kml");
        std::fs::write(&path, text).unwrap();
        read_incidents(&Input::Path(path), ("", ""), &ReadOptions::default(), 0)
    }

    #[test]
    fn placemarks_are_rows() {
        let file = read(&format!(
            "{HEAD}<Document><Folder>
            <Placemark id=\"p1\"><name>Angur &amp; Ada</name>
              <TimeStamp><when>2023-05-01T10:00:00Z</when></TimeStamp>
              <ExtendedData><Data name=\"fatalities\"><value>3</value></Data>
                <Data name=\"lat\"><value>not this</value></Data></ExtendedData>
              <Point><coordinates> 69.25,32.5,0 </coordinates></Point></Placemark>
            <Placemark><name><![CDATA[a, \"b\"
c]]></name><Point><coordinates>70,34</coordinates></Point>
              <ExtendedData><SchemaData><SimpleData name=\"fatalities\">5</SimpleData>
              </SchemaData></ExtendedData></Placemark>
            <Placemark><LineString><coordinates>70,34 71,35</coordinates></LineString></Placemark>
            <Placemark><Point><coordinates>34,5,48,1</coordinates></Point></Placemark>
            <Placemark/>
            </Folder></Document></kml>"
        ))
        .unwrap();
        assert_eq!(
            file.header,
            ["lon", "lat", "id", "name", "description", "date", "fatalities", "lat_2"]
        );
        let first = &file.incidents[0];
        assert_eq!((first.at.lon(), first.at.lat(), first.id.as_str()), (69.25, 32.5, "p1"));
        assert_eq!(first.date.unwrap().to_string(), "2023-05-01");
        assert_eq!(file.incidents[1].fatalities.best, Some(5));
        let refused: Vec<&str> = file.rejected.iter().map(|r| r.value.as_str()).collect();
        assert_eq!(refused, ["LineString", "34,5,48,1", ""]);
        assert_eq!(file.summary.read, 5);
        // Placemarks have no lines of their own.
        assert!(file.rejected.iter().all(|r| r.line == 0));
    }

    fn read_bytes(bytes: &[u8]) -> Result<IncidentFile, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kml");
        std::fs::write(&path, bytes).unwrap();
        read_incidents(&Input::Path(path), ("", ""), &ReadOptions::default(), 0)
    }

    /// The same document in the encodings that are met.
    #[test]
    fn a_declared_encoding_is_honoured() {
        let document = |declared: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"{declared}\"?><kml><Placemark><name>پشاور</name>\
                 <Point><coordinates>71.5,34</coordinates></Point></Placemark></kml>"
            )
        };
        let utf16 = |text: String| {
            let units = [0xFEFF].into_iter().chain(text.encode_utf16().collect::<Vec<_>>());
            units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
        };
        let windows = |text: String| encoding_rs::WINDOWS_1256.encode(&text).0.into_owned();
        for bytes in [
            document("UTF-8").into_bytes(),
            format!("\u{feff}{}", document("utf-8")).into_bytes(),
            windows(document("windows-1256")),
            utf16(document("UTF-16")),
        ] {
            assert_eq!(read_bytes(&bytes).unwrap().incidents[0].place, "پشاور");
        }
        let unknown = read_bytes(document("klingon").as_bytes()).unwrap_err();
        assert!(unknown.message.contains("`klingon`"), "{unknown}");
        let lies = read_bytes(&windows(document("UTF-8"))).unwrap_err();
        assert!(lies.message.contains("UTF-8"), "{lies}");
    }

    #[test]
    fn an_id_of_the_data_goes_before_the_placemarks() {
        let file = read(&format!(
            "{HEAD}<Placemark id=\"in.1\"><ExtendedData><Data name=\"ID\"><value>AFG7</value>\
             </Data></ExtendedData><Point><coordinates>70,34</coordinates></Point></Placemark></kml>"
        ))
        .unwrap();
        assert_eq!(
            (file.incidents[0].id.as_str(), file.header[2].as_str()),
            ("AFG7", "placemark_id")
        );
    }

    #[test]
    fn names_that_differ_in_case_alone_are_told_apart() {
        let file = read(&format!(
            "{HEAD}<Placemark><ExtendedData><Data name=\"LAT\"><value>1</value></Data>\
             </ExtendedData><Point><coordinates>70,34</coordinates></Point></Placemark></kml>"
        ));
        assert_eq!(file.unwrap().header[6], "LAT_2");
    }

    #[test]
    fn what_is_no_sound_kml_is_refused() {
        let deep = format!("{HEAD}{}", "<Folder>".repeat(200));
        assert!(read(&deep).unwrap_err().message.contains("limit `depth`"));
        let field = |i: usize| format!("<SimpleData name=\"f{i}\">x</SimpleData>");
        let fields: String = (0..=MOST_COLUMNS).map(field).collect();
        let wide = format!("{HEAD}<Placemark>{fields}</Placemark></kml>");
        assert!(read(&wide).unwrap_err().message.contains("limit `columns`"));
        let cut = format!("{HEAD}<Placemark><Point><coordinates>70,34");
        assert!(read(&cut).unwrap_err().message.contains("ends too early"));
        let crossed = format!("{HEAD}<Placemark></kml>");
        assert!(read(&crossed).unwrap_err().message.contains("cannot be read as KML"));
        let none = read(&format!("{HEAD}<Document/></kml>")).unwrap();
        assert_eq!(none.summary.read, 0);
    }
}
