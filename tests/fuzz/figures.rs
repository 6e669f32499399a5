//! Writers that take text from data: SVG, HTML, Markdown, LaTeX.

use durand::figure::export;
use durand::figure::scene::{
    Anchor, Colour, Face, Group, Item, PT_PER_MM, Path, Scene, Stroke, TextStyle, pt,
};
use durand::figure::text::wrap;
use durand::report::{
    Column, Datum, Document, Provenance, Table, Tally, clipped, html_data, json_for_html,
};

/// Whatever a text is, a drawing, a page and tables have as many elements and
/// lines as with a plain word.
pub fn svg(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let drawn = scene(&text);
    // A text of blanks alone is not drawn; every one here has a letter.
    assert_eq!(elements(&export::svg(&drawn)), elements(&export::svg(&scene("word"))));
    let page = format!("<p>{}</p>", html_data(&text));
    // HTML knows the prefix by itself.
    let space = "xmlns:xlink='http://www.w3.org/1999/xlink'";
    let in_page =
        |drawn: &Scene| format!("<div {space}>{page}{}</div>", export::svg_in_page(drawn, "a"));
    assert_eq!(elements(&in_page(&drawn)), elements(&in_page(&scene("word"))));

    let json = serde_json::json!({ "text": text });
    let script = json_for_html(&json);
    assert!(!script.contains(['<', '>', '&']));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&script).unwrap(), json);
    assert!(clipped(&text, 40).chars().count() <= 40);

    let lines = |text: &str| {
        let document = document(text);
        serde_json::from_str::<serde_json::Value>(&document.json()).unwrap();
        let markdown = document.markdown();
        let (_, comment) = markdown.rsplit_once("<!-- provenance").unwrap();
        assert_eq!(comment.matches("-->").count(), 1);
        assert_eq!(markdown.matches("<!--").count(), 1);
        (markdown.lines().count(), document.latex().lines().count())
    };
    assert_eq!(lines(&text), lines("word"), "lines of Markdown and LaTeX");
}

/// Elements of what must be well-formed; none of them is a script, none has a
/// handler or a link.
fn elements(text: &str) -> usize {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .inspect(|element| {
            assert!(!["script", "a", "foreignObject"].contains(&element.tag_name().name()));
            for attribute in element.attributes() {
                assert!(!attribute.name().starts_with("on"));
                assert!(attribute.name() != "href" || attribute.value().starts_with('#'));
            }
        })
        .count()
}

fn scene(text: &str) -> Scene {
    let style = TextStyle {
        size: 8.0,
        face: Face { bold: false, italic: false },
        colour: Colour(0, 0, 0),
        letter_spacing: 0.0,
        halo: Some((Colour(255, 255, 255), 1.0)),
        opacity: 1.0,
    };
    for line in wrap(text, &style, 20.0 * PT_PER_MM) {
        assert!(!line.contains('\n') && !line.is_empty());
    }
    let mut root = Group::named(text);
    root.path(Path::rect(0.0, 0.0, 9.0, 9.0), None, Some(Stroke::solid(Colour(1, 2, 3), 1.0)));
    root.text(format!("x{text}"), pt(1.0, 1.0), Anchor::Start, style.clone());
    let path = Path::open([pt(0.0, 5.0), pt(90.0, 5.0)]);
    let along: String = text.chars().take(20).collect();
    root.items.push(Item::TextAlong { text: format!("x{along}"), path, style });
    Scene {
        width: 100.0,
        height: 50.0,
        background: Colour(255, 255, 255),
        title: text.to_owned(),
        description: text.to_owned(),
        provenance: text.to_owned(),
        root,
    }
}

fn document(text: &str) -> Document {
    let column = Column { key: "name", heading: text.to_owned(), right: false };
    let heading = if text.is_empty() { "x".to_owned() } else { text.to_owned() };
    let table = Table {
        name: "table",
        caption: format!("x{text}"),
        columns: vec![Column { heading, ..column.clone() }, column],
        rows: vec![vec![Datum::text(text), Datum::unknown()]],
    };
    Document {
        findings: vec![format!("x{text}")],
        tables: vec![table],
        notes: vec![format!("x{text}")],
        provenance: provenance(text),
    }
}

fn provenance(text: &str) -> Provenance {
    Provenance {
        command: text.to_owned(),
        settings: [(text.to_owned(), text.into())].into_iter().collect(),
        tally: Tally::default(),
        inputs: Vec::new(),
    }
}
