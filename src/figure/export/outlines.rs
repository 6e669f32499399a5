//! The master SVG with its letters as outlines, for editors that do not have the
//! font.

use super::{ExportError, checked};
use resvg::usvg::WriteOptions;

/// The same figure without text: every letter is a path. Groups keep their names,
/// and title, description and provenance stay; lengths are in CSS pixels.
///
/// # Errors
/// [`ExportError::Text`] if a text would not be drawn whole, [`ExportError::Svg`]
/// if it is not an SVG of this crate.
pub fn outlined(svg: &str) -> Result<String, ExportError> {
    let checked = checked::parse(svg)?;
    let options = WriteOptions {
        preserve_text: false,
        coordinates_precision: 3,
        transforms_precision: 6,
        ..WriteOptions::default()
    };
    let drawn = checked.tree.to_string(&options);
    let not_ours = || ExportError::Svg("its head is not as this crate writes it".to_owned());
    // The head of the master, with the units that the parsed figure is in.
    let head_end = svg.find("<rect id=\"page\"").ok_or_else(not_ours)?;
    let (before, rest) = svg[..head_end].split_once("viewBox=\"").ok_or_else(not_ours)?;
    let (_, after) = rest.split_once('"').ok_or_else(not_ours)?;
    let body = drawn.split_once("<svg").and_then(|(_, body)| body.split_once('>'));
    let (_, body) = body.ok_or_else(not_ours)?;
    let size = checked.tree.size();
    Ok(format!(
        "{before}viewBox=\"0 0 {} {}\"{after}{}\n",
        size.width(),
        size.height(),
        body.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{png, svg};
    use super::*;
    use crate::figure::scene::{Anchor, Colour, Fill, Group, Path, Scene, pt};
    use crate::figure::style;
    use resvg::usvg::roxmltree::{Document, Node};

    #[test]
    fn letters_are_paths_and_the_figure_looks_the_same() {
        let style = style::light();
        let mut layer = Group::named("names");
        layer.clip = Some(Path::rect(0.0, 0.0, 150.0, 80.0));
        layer.text("Khyber – Pakhtunkhwa", pt(10.0, 40.0), Anchor::Start, style.place.clone());
        layer.path(Path::rect(60.0, 50.0, 20.0, 10.0), Some(Fill::solid(Colour(9, 9, 200))), None);
        let mut root = Group::default();
        root.group(layer);
        let master = svg(&Scene {
            width: 160.0,
            height: 90.0,
            background: Colour(255, 255, 255),
            title: "A & B".into(),
            description: "What".into(),
            provenance: "{}".into(),
            root,
        });
        let outlines = outlined(&master).unwrap();
        assert_eq!(outlines, outlined(&master).unwrap());
        let (one, other) = (Document::parse(&master).unwrap(), Document::parse(&outlines).unwrap());
        assert!(
            !other.descendants().any(|n| n.has_tag_name("text") || n.tag_name().name() == "text")
        );
        let group =
            |d: &Document| d.descendants().any(|n: Node| n.attribute("id") == Some("names"));
        assert!(group(&one) && group(&other));
        for name in ["title", "desc", "metadata"] {
            let words = |d: &Document| {
                let node = d.descendants().find(|n| n.tag_name().name() == name);
                node.and_then(|n| n.text()).map(str::to_owned)
            };
            assert_eq!(words(&one), words(&other));
            assert!(words(&other).is_some());
        }
        assert_eq!(one.root_element().attribute("width"), other.root_element().attribute("width"));
        let pixels = |svg: &str| {
            let file = png(svg, 150.0).unwrap();
            let mut reader = ::png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            pixels
        };
        let (one, other) = (pixels(&master), pixels(&outlines));
        assert_eq!(one.len(), other.len());
        let far = one.iter().zip(&other).filter(|(a, b)| a.abs_diff(**b) > 24).count();
        assert!(far < one.len() / 500, "{far} of {}", one.len());
        assert!(other.iter().any(|p| *p < 60));
    }
}
