//! Parsing the master SVG for PNG and PDF, and making sure that no text is lost:
//! resvg silently omits text whose font is missing and draws a box for a letter
//! that the font lacks (linebender/resvg issues 159 and 761).

use super::ExportError;
use crate::figure::font;
use resvg::usvg::{self, fontdb, roxmltree};
use std::sync::{Arc, OnceLock};

/// The parsed figure with what its head says.
pub struct Checked {
    pub tree: usvg::Tree,
    pub title: String,
    pub description: String,
    pub provenance: String,
}

/// Parses an SVG with the embedded fonts only.
///
/// # Errors
/// [`ExportError::Svg`] if it is not SVG; [`ExportError::Text`] with the first
/// text that would not be drawn whole.
pub fn parse(svg: &str) -> Result<Checked, ExportError> {
    let document =
        roxmltree::Document::parse(svg).map_err(|error| ExportError::Svg(error.to_string()))?;
    let options = usvg::Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: fonts(),
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: usvg::ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None), // a figure reads no file
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_xmltree(&document, &options)
        .map_err(|error| ExportError::Svg(error.to_string()))?;
    check_text(&document, &tree)?;
    let head = |name: &str| {
        let root = document.root_element();
        let node = root.children().find(|node| node.tag_name().name() == name);
        node.and_then(|node| node.text()).unwrap_or_default().to_owned()
    };
    let (title, description, provenance) = (head("title"), head("desc"), head("metadata"));
    Ok(Checked { tree, title, description, provenance })
}

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        for face in font::FACES {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font::data(face))));
        }
        for bold in [false, true] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font::arabic_data(bold))));
        }
        fonts.set_sans_serif_family(font::FAMILY);
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Compares the texts of the document with those of the tree, in order.
fn check_text(document: &roxmltree::Document<'_>, tree: &usvg::Tree) -> Result<(), ExportError> {
    let mut drawn = texts(tree).into_iter();
    for node in document.descendants().filter(|node| node.tag_name().name() == "text") {
        let words: String =
            node.descendants().filter_map(|n| if n.is_text() { n.text() } else { None }).collect();
        if words.trim().is_empty() {
            continue;
        }
        let lost = || ExportError::Text(words.trim().to_owned());
        let text = drawn.next().ok_or_else(lost)?;
        let glyphs: Vec<_> =
            text.layouted().iter().flat_map(|span| &span.positioned_glyphs).collect();
        let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let source: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
        let set: usize = glyphs.iter().map(|glyph| letters(&glyph.text).chars().count()).sum();
        let whole = letters(&source) == letters(&words) && set >= letters(&words).chars().count();
        if !whole || glyphs.iter().any(|glyph| glyph.id.0 == 0) {
            return Err(lost());
        }
    }
    Ok(())
}

/// The texts of a tree in drawing order.
pub fn texts(tree: &usvg::Tree) -> Vec<&usvg::Text> {
    let mut texts = Vec::new();
    collect(tree.root(), &mut texts);
    texts
}

fn collect<'a>(group: &'a usvg::Group, texts: &mut Vec<&'a usvg::Text>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, texts),
            usvg::Node::Text(text) => texts.push(text),
            usvg::Node::Path(_) | usvg::Node::Image(_) => {}
        }
    }
}
