"""A million rows of which a thousand are broken in twenty ways, and the same in
fewer rows as every other kind of table: read = used + rejected + filtered, and
each broken one is named by its record, and by its line where there are lines."""

import csv
import json
import os
import re
import sqlite3
import struct
import subprocess
import zipfile

COLUMNS = ["id", "lon", "lat", "date", "place", "fatalities"]

# What becomes of a row's cells; one that no text of XML or JSON can hold is None.
WAYS = [
    {"lat": ""}, {"lon": ""}, {"lat": "NaN"}, {"lon": "inf"}, {"lat": "91.0"}, {"lon": "181"},
    {"lat": "34.1.2"}, {"lon": "71_09"}, {"lon": "34.12", "lat": "71.09"}, {"lon": "0", "lat": "0"},
    {"lon": "0x46"}, {"lat": "٣٤٫١"}, {"lat": "34°10"}, {"lon": "7123456"}, {"lon": "71,09"},
    {"date": "2022-02-30"}, {"date": "yesterday"}, {"fatalities": "-7"}, {"fatalities": "seven"},
    {"fatalities": "2.5"},
]  # fmt: skip
assert len(WAYS) == 20


def rows(count, every):
    """Rows, and whether each is broken."""
    broken = 0
    for i in range(count):
        row = {"id": f"e{i}", "lon": f"{70 + i % 300 / 100:.2f}", "lat": f"{33 + i % 170 / 100:.2f}",
               "date": f"2022-03-{1 + i % 28:02d}", "place": "a", "fatalities": str(i % 9)}  # fmt: skip
        if i % every == 3:
            row.update(WAYS[broken % len(WAYS)])
            broken += 1
            yield row, True
        else:
            # A quoted cell over two lines: lines and records part.
            if i % 50 == 7:
                row["place"] = 'a "b",\nc'
            yield row, False


def delimited(path, count, every, delimiter):
    """Writes a table; gives the first line of each broken row."""
    lines, line = [], 2
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row, broken in rows(count, every):
            writer.writerow(row[name] for name in COLUMNS)
            if broken:
                lines.append(line)
            line += 1 + row["place"].count("\n")
    return lines


def features(count, every):
    """GeoJSON features, and whether each is broken."""
    places = [None, {}, [1], {"type": "Point"}, {"type": "Nothing", "coordinates": [70, 34]}]
    places += [{"type": "Point", "coordinates": c} for c in
               ([], [70], ["70", "34"], [70, None], [34, 5, 48, 1], [181, 34], [70, 91], [0, 0],
                [7123456, 34], [[70, 34]])]  # fmt: skip
    faults = [{"geometry": place} for place in places]
    faults += [{"type": "Feture"}] + [{"properties": p} for p in
               ({"date": "2022-02-30"}, {"date": "yesterday"}, {"fatalities": -7}, {"fatalities": "seven"})]  # fmt: skip
    assert len(faults) == 20
    broken = 0
    for i in range(count):
        feature = {"type": "Feature", "properties": {"id": f"e{i}", "date": "2022-03-04", "fatalities": 1},
                   "geometry": {"type": "Point", "coordinates": [70 + i % 300 / 100, 33 + i % 170 / 100]}}  # fmt: skip
        if i % every == 3:
            feature.update(faults[broken % len(faults)])
            broken += 1
        yield feature, i % every == 3


def sequence(path, count, every):
    lines = []
    with open(path, "w") as file:
        for line, (feature, broken) in enumerate(features(count, every), start=1):
            file.write(json.dumps(feature) + "\n")
            if broken:
                lines.append(line)
    return lines


def collection(path, count, every):
    numbers = []
    with open(path, "w") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for number, (feature, broken) in enumerate(features(count, every), start=1):
            file.write((",\n" if number > 1 else "") + json.dumps(feature))
            if broken:
                numbers.append(number)
        file.write("\n]}\n")
    return numbers


def xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def kml(path, count, every):
    numbers = []
    with open(path, "w", encoding="utf-8") as file:
        file.write('<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n')
        for number, (row, broken) in enumerate(rows(count, every), start=1):
            # A comma inside a number parts the coordinates of KML: another place, no fault.
            lon = row["lon"].replace(",", "'")
            data = "".join(f'<Data name="{name}"><value>{xml(row[name])}</value></Data>'
                           for name in ("id", "date", "fatalities"))  # fmt: skip
            file.write(f"<Placemark><name>{xml(row['place'])}</name><ExtendedData>{data}</ExtendedData>"
                       f"<Point><coordinates>{lon},{row['lat']}</coordinates></Point></Placemark>\n")  # fmt: skip
            if broken:
                numbers.append(number)
        file.write("</Document></kml>\n")
    return numbers


PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="events" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(path, count, every):
    numbers = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            write = lambda text: sheet.write(text.encode())  # noqa: E731
            write('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            cells = lambda values: "".join(  # noqa: E731
                f'<c r="{chr(65 + i)}{line}" t="inlineStr"><is><t xml:space="preserve">{xml(v)}</t></is></c>'
                for i, v in enumerate(values) if v
            )
            line = 1
            write(f'<row r="1">{cells(COLUMNS)}</row>')
            for number, (row, broken) in enumerate(rows(count, every), start=1):
                line = number + 1
                write(f'<row r="{line}">{cells(row[name] for name in COLUMNS)}</row>')
                if broken:
                    numbers.append(number)
            write("</sheetData></worksheet>")
    return numbers


GEOPACKAGE = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition, description);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '', '');
CREATE TABLE gpkg_contents (table_name, data_type);
CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id);
"""


def package(path, kind, columns):
    """A GeoPackage of one table."""
    if os.path.exists(path):
        os.remove(path)
    file = sqlite3.connect(path)
    file.executescript(GEOPACKAGE + f"CREATE TABLE events (fid INTEGER PRIMARY KEY, {columns});"
                       f"INSERT INTO gpkg_contents VALUES ('events', '{kind}')")
    return file


def attributes(path, count, every):
    """A table of a GeoPackage that has no geometry."""
    file = package(path, "attributes", ", ".join(f"{name} TEXT" for name in COLUMNS))
    numbers = []
    for number, (row, broken) in enumerate(rows(count, every), start=1):
        file.execute("INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?)", [row[name] or None for name in COLUMNS])
        if broken:
            numbers.append(number)
    file.commit()
    file.close()
    return numbers


def points(path, count, every):
    """A layer of points of a GeoPackage."""
    def point(x, y):
        return b"GP\0\1" + struct.pack("<iBIdd", 4326, 1, 1, x, y)

    good, nan = point(70.5, 34.5), float("nan")
    bad = [None, b"", "POINT(70 34)", 7, b"GP\0\1", good[:20], b"GQ" + good[2:], good[:3] + b"\x0f" + good[4:],
           point(nan, nan), point(nan, 34), point(70, float("inf")), point(181, 34), point(70, 91), point(34.5, 70.5),
           point(0, 0), point(7123456, 34), point(32, 1e300), good[:8] + b"\2" + good[9:],
           good[:9] + struct.pack("<II", 4, 2**31), good[:9] + struct.pack("<II", 2, 0)]  # fmt: skip
    assert len(bad) == 20
    file = package(path, "features", "geom POINT, id TEXT, date TEXT, fatalities INTEGER")
    file.execute("INSERT INTO gpkg_geometry_columns VALUES ('events', 'geom', 'POINT', 4326)")
    numbers = []
    for i in range(count):
        place = point(70 + i % 300 / 100, 33 + i % 170 / 100)
        if i % every == 3:
            place = bad[len(numbers) % len(bad)]
            numbers.append(i + 1)
        file.execute("INSERT INTO events VALUES (NULL, ?, ?, '2022-03-04', 1)", [place, f"e{i}"])
    file.commit()
    file.close()
    return numbers


def reads_geopackages(program, folder):
    """Whether the program was built with the feature gpkg."""
    package(os.path.join(folder, "one.gpkg"), "attributes", "lon, lat").close()
    done = subprocess.run([program, "check", "one.gpkg"], cwd=folder, capture_output=True, timeout=60)
    os.remove(os.path.join(folder, "one.gpkg"))
    return b"--features gpkg" not in done.stderr


def check(program, folder):
    """Every kind of table; a million rows as CSV."""
    kinds = [
        ("m.csv", 1_000_000, 1_000, "line", lambda *a: delimited(*a, ",")),
        ("m.tsv", 100_000, 100, "line", lambda *a: delimited(*a, "\t")),
        ("m.geojsonl", 100_000, 100, "line", sequence),
        ("m.geojson", 50_000, 50, "record", collection),
        ("m.kml", 50_000, 50, "record", kml),
        ("m.xlsx", 50_000, 50, "record", workbook),
    ]
    if reads_geopackages(program, folder):
        kinds += [("m.gpkg", 100_000, 100, "record", points), ("t.gpkg", 50_000, 50, "record", attributes)]
    for name, count, every, field, write in kinds:
        path = os.path.join(folder, name)
        expected = write(path, count, every)
        assert len(expected) == 1_000
        out = os.path.join(folder, "o.csv")
        done = subprocess.run([program, "distance", name, "-o", "o.csv"], cwd=folder,
                              capture_output=True, timeout=300)  # fmt: skip
        text = done.stderr.decode()
        assert done.returncode == 0, f"{name}: exit {done.returncode}: {text}"
        tally = re.search(r"read (\d+) = (\d+) used \+ (\d+) rejected \+ (\d+) filtered", text)
        numbers = [int(number) for number in tally.groups()]
        with open(os.path.join(folder, "o.rejected.csv"), newline="") as file:
            rejected = list(csv.DictReader(file))
        found = [int(row[field]) for row in rejected]
        odd = sorted(set(found) ^ set(expected))
        assert found == expected, f"{name}: {len(found)} rejected; not as broken: {field} {odd[:20]}"
        assert numbers == [count, count - 1_000, 1_000, 0], f"{name}: {tally.group()}"
        assert all(row["reason"] and row["file"] == name for row in rejected)
        # As many rows as were used stand in the output.
        with open(out, newline="") as file:
            written = sum(1 for _ in csv.reader(file)) - 1
        assert written == count - 1_000, f"{name}: {written} rows written"
        os.remove(path)
