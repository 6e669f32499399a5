//! The page of the report: one file that asks nobody for anything, in which
//! text from data stays text.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

// Each test uses its own part of what they share.
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use durand::digest::sha256_base64;
use program::Folder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

const HOSTILE: &str = "</script><script>alert(1)</script><!-- \"'&amp; \u{202e}منقلب\u{2028}end";

/// The files of a study of what a page must survive, reported once for all tests.
fn made() -> &'static BTreeMap<String, String> {
    static FILES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let long = "x".repeat(10_000);
        let quoted = HOSTILE.replace('"', "\"\"");
        let mut rows = String::from("id,lon,lat,date,category,precision,place,source\n");
        for (id, lon, lat, category, precision, place) in [
            ("=1+2", 70.1, 33.3, quoted.as_str(), "exact", quoted.as_str()),
            ("b", 70.2, 33.4, "raid", "near", long.as_str()),
            ("c", 71.1, 34.1, "raid", "district", "@SUM(A1)"),
            ("d", 66.4, 30.9, "", "none", ""),
            ("e", 66.4, 91.0, "raid", "exact", "<img src=x onerror=alert(1)>"),
        ] {
            rows.push_str(&format!(
                "{id},{lon},{lat},2021-08-15,\"{category}\",{precision},\"{place}\",\"{quoted}\"\n"
            ));
        }
        let study = format!(
            "incidents = [\"events.csv\"]\n[figures]\nformats = [\"svg\"]\ntitle = \"{}\"\n[report]\n\
             title = \"{0}\"\nplates = [\"distance-chart\", \"incident-map\"]\n",
            "<b>Title</b>"
        );
        let folder = Folder::new("page").with("events.csv", rows).with("study.toml", study);
        folder.good("report --quiet study.toml");
        let text = |(name, bytes)| (name, String::from_utf8(bytes).unwrap());
        folder.bytes("output").into_iter().map(text).collect()
    })
}

fn page() -> String {
    made()["index.html"].clone()
}

/// What stands between two marks, and where it ends.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap() + from.len();
    let end = text[start..].find(to).unwrap();
    &text[start..start + end]
}

#[test]
fn the_policy_knows_the_style_and_the_script_and_nothing_else() {
    let page = page();
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\">");
    let style = between(&page, "<style>", "</style>");
    let script = between(&page, "<script>", "</script>");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; \
             base-uri 'none'; form-action 'none'",
            sha256_base64(script),
            sha256_base64(style)
        )
    );
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
    assert_eq!(page.matches("<style").count(), 1);
    // Nothing that is fetched, run or styled where it stands.
    for word in [
        "src=\"http",
        "@import",
        "url(http",
        " style=\"",
        " onload",
        " onerror=\"",
        "<link",
        "<iframe",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    // Text goes into the page by textContent alone.
    for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(word), "{word}");
    }
}

#[test]
fn text_from_data_stays_text() {
    let page = page();
    let data = between(&page, "id=\"data\">", "</script>");
    assert!(!data.contains(['<', '>', '\u{2028}']));
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let texts = data["texts"].as_array().unwrap();
    assert!(texts.iter().any(|t| t == HOSTILE), "{texts:?}");
    assert!(texts.iter().all(|t| t.as_str().unwrap().chars().count() <= 300));
    assert_eq!(data["incidents"]["id"][0], "=1+2");
    assert!(page.contains("<h1><bdi>&lt;b&gt;Title&lt;/b&gt;</bdi></h1>"));
    assert!(!page.contains("<b>Title") && !page.contains("<img src=x"));
    assert!(page.contains("5 records read = 4 used + 1 rejected + 0 filtered"));
    assert_eq!(data["tables"]["rejected"]["rows"].as_array().unwrap().len(), 1);
}

/// The page as XML, as far as it can be: its figures, and its ids.
#[test]
fn figures_are_whole_and_no_id_stands_twice() {
    let page = page();
    let mut ids = BTreeSet::new();
    let body = &page[page.find("<body").unwrap()..page.find("<script type").unwrap()];
    for (at, _) in body.match_indices(" id=\"") {
        let id = between(&body[at..], " id=\"", "\"");
        assert!(ids.insert(id), "{id} stands twice");
    }
    for (at, _) in page.match_indices("url(#").chain(page.match_indices("href=\"#")) {
        let id =
            page[at..].split(['#', ')', '"']).nth(if page[at..].starts_with('u') { 1 } else { 2 });
        assert!(ids.contains(id.unwrap()), "{id:?} is not there");
    }
    let mut figures = 0;
    let mut rest = body;
    while let Some(at) = rest.find("<figure class=\"plate\"") {
        rest = &rest[at..];
        let svg = &rest[rest.find("<svg").unwrap()..rest.find("</svg>").unwrap() + 6];
        let xml = svg.replacen("<svg", "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"", 1);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-label"), Some("<b>Title</b>"));
        assert!(document.descendants().any(|n| n.has_tag_name("desc") && n.text().is_some()));
        figures += 1;
        rest = &rest[7..];
    }
    assert_eq!(figures, 2);
    for id in ["main", "findings", "map", "filters", "count", "tables", "methods", "left-out"] {
        assert!(ids.contains(id), "{id}");
    }
}

#[test]
fn captions_stand_beside_figures() {
    let caption = &made()["incident-map.caption.md"];
    assert!(caption.starts_with("# \\<b>Title\\</b>\n"), "{caption}");
    assert!(caption.contains("5 read = 4 used + 1 rejected + 0 filtered"));
    assert!(
        caption.contains("events.csv, sha256 `") && caption.contains("known only to the country")
    );
    assert!(!made().contains_key("zones-chart.svg"));
    let listed = &made()["report.json"];
    assert!(listed.contains("index.html") && listed.contains("incident-map.caption.md"));
}

/// Records of a source whose terms forbid it are not on the page, unless asked for.
#[test]
fn records_of_acled_are_counted_and_not_copied() {
    let header = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,\
                  country,admin1,admin2,location,latitude,longitude,geo_precision,source,notes,fatalities";
    let row = |id: u32, lat: f64| {
        format!(
            "PAK{id},15 August 2021,2021,1,Political violence,Battles,Armed clash,Pakistan,Khyber \
                 Pakhtunkhwa,Khyber,Secretplace,{lat},71.2,1,Secretsource,Secretnotes,2"
        )
    };
    let rows: Vec<String> = (0..3).map(|i| row(i, 34.0 + 0.01 * f64::from(i))).collect();
    let table = format!("{header}\n{}\n", rows.join("\n"));
    let folder = Folder::new("page-acled").with("a.csv", table);
    let report = |name: &str, more: &str| -> serde_json::Value {
        let text = format!(
            "incidents = [\"a.csv\"]\noutput = \"{name}\"\n[figures]\nformats = []\n[report]\nplates = []\n{more}"
        );
        fs::write(folder.0.join(format!("{name}.toml")), text).unwrap();
        folder.good(&format!("report --quiet {name}.toml"));
        let page = folder.read(&format!("{name}/index.html"));
        assert_eq!(page.contains("Secretplace"), !more.is_empty());
        serde_json::from_str(between(&page, "id=\"data\">", "</script>")).unwrap()
    };
    let counted = report("counted", "");
    assert_eq!(counted["incidents"]["count"], serde_json::json!([3]));
    assert_eq!(counted["incidents"]["best"], serde_json::json!([6]));
    assert_eq!(counted["incidents"]["lon"], serde_json::json!([null]));
    let each = report("each", "incidents = \"each\"\n");
    assert_eq!(each["incidents"]["x"].as_array().unwrap().len(), 3);
}
