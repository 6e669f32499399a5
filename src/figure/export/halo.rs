//! Halos for PDF. The PDF writer sets text letter by letter, each with its halo,
//! so that a halo would bite into the letter before it. Here each halo becomes a
//! path of its own beneath its text, which stays text.

use super::checked;
use resvg::tiny_skia::PathSegment;
use resvg::usvg;
use std::fmt::Write as _;

/// The SVG with halos as paths; `None` if it has none, or was not written by this
/// crate.
pub fn separate(svg: &str, tree: &usvg::Tree) -> Option<String> {
    let texts = checked::texts(tree);
    // Angle brackets in words are escaped, so this finds elements only.
    let mut pieces = svg.split("<text ");
    let mut out = pieces.next()?.to_owned();
    let pieces: Vec<&str> = pieces.collect();
    if pieces.len() != texts.len() {
        return None;
    }
    let mut any = false;
    for (piece, text) in pieces.into_iter().zip(texts) {
        let head = &piece[..piece.find('>')?];
        let start = head.find(" stroke=\"");
        let end = head.find(PAINT_ORDER).map(|at| at + PAINT_ORDER.len());
        if let (Some(start), Some(end)) = (start, end) {
            any = true;
            let stroke = &head[start..end - PAINT_ORDER.len()];
            let kept: String =
                ["transform", "opacity"].iter().filter_map(|name| attribute(head, name)).collect();
            let _ = writeln!(out, "<path d=\"{}\" fill=\"none\"{stroke}{kept}/>", outlines(text));
            let _ = write!(out, "<text {}{}", &piece[..start], &piece[end..]);
        } else {
            let _ = write!(out, "<text {piece}");
        }
    }
    any.then_some(out)
}

const PAINT_ORDER: &str = " paint-order=\"stroke\"";

/// An attribute with its name and a leading space, as it stands.
fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let start = head.find(&format!(" {name}=\""))?;
    let value = start + name.len() + 3;
    let end = value + head[value..].find('"')?;
    Some(&head[start..=end])
}

/// The letters' outlines in the text's own coordinates.
fn outlines(text: &usvg::Text) -> String {
    let mut d = String::new();
    let paths = text.flattened().children().iter().filter_map(|node| match node {
        usvg::Node::Path(path) => Some(path.data()),
        _ => None,
    });
    for segment in paths.flat_map(|path| path.segments()) {
        // Writing to a String cannot fail.
        let _ = match segment {
            PathSegment::MoveTo(p) => write!(d, "M{:.3} {:.3}", p.x, p.y),
            PathSegment::LineTo(p) => write!(d, "L{:.3} {:.3}", p.x, p.y),
            PathSegment::QuadTo(a, p) => write!(d, "Q{:.3} {:.3} {:.3} {:.3}", a.x, a.y, p.x, p.y),
            PathSegment::CubicTo(a, b, p) => {
                write!(d, "C{:.3} {:.3} {:.3} {:.3} {:.3} {:.3}", a.x, a.y, b.x, b.y, p.x, p.y)
            }
            PathSegment::Close => write!(d, "Z"),
        };
    }
    d
}

#[cfg(test)]
mod tests {
    use super::super::{checked, svg};
    use super::*;
    use crate::figure::scene::{Anchor, Group, Item, Scene, pt};
    use crate::figure::style;

    #[test]
    fn a_halo_becomes_a_path_and_the_words_stay() {
        let style = style::light();
        let mut root = Group::default();
        root.text("Chaman", pt(10.0, 30.0), Anchor::Start, style.place.clone());
        root.items.push(Item::Text {
            text: "KUNAR".into(),
            at: pt(50.0, 60.0),
            anchor: Anchor::Middle,
            rotation: 30.0,
            style: style.province_name.clone(),
        });
        root.text("no halo", pt(10.0, 90.0), Anchor::Start, style.label.clone());
        let scene = Scene {
            width: 100.0,
            height: 100.0,
            background: style.page,
            title: String::new(),
            description: String::new(),
            provenance: String::new(),
            root,
        };
        let master = svg(&scene);
        let tree = checked::parse(&master).unwrap().tree;
        let parted = separate(&master, &tree).unwrap();
        assert_eq!(parted.matches("<path").count(), 2);
        assert!(!parted.contains("paint-order"));
        assert!(parted.contains("fill=\"none\" stroke=\"#ffffff\" stroke-width=\"1.6\""));
        assert_eq!(parted.matches("rotate(30 50 60)").count(), 2);
        let pixels = |svg: &str| super::super::png(svg, 200.0).unwrap();
        // Drawn by the rasteriser, which sets whole lines, the two are one picture.
        let decode = |bytes: &[u8]| {
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut out = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut out).unwrap();
            out
        };
        let (a, b) = (decode(&pixels(&master)), decode(&pixels(&parted)));
        let far = a.iter().zip(&b).filter(|(a, b)| a.abs_diff(**b) > 8).count();
        assert_eq!(far, 0);
    }
}
