//! The master SVG as pixels, with its resolution and provenance in the file.

use super::{ExportError, checked};
use resvg::tiny_skia::{Color, Pixmap, Transform};

/// At most this many pixels.
const MOST_PIXELS: f64 = 400e6;

/// Draws an SVG of this crate as PNG at a resolution.
///
/// The file states the resolution (pHYs) and carries title, description and
/// provenance (iTXt).
///
/// # Errors
/// [`ExportError::Text`] if a text would not be drawn whole,
/// [`ExportError::Resolution`] outside of 10 to 2400 dots per inch or above 400
/// megapixels, [`ExportError::Svg`] if the SVG cannot be read.
pub fn png(svg: &str, dots_per_inch: f64) -> Result<Vec<u8>, ExportError> {
    let wrong = || ExportError::Resolution { dots_per_inch: dots_per_inch.to_string() };
    if !(10.0..=2400.0).contains(&dots_per_inch) {
        return Err(wrong());
    }
    let checked = checked::parse(svg)?;
    let size = checked.tree.size();
    // The parser gives CSS pixels, 96 to the inch.
    let pixels = |css: f32| (f64::from(css) / 96.0 * dots_per_inch).round().max(1.0);
    let (width, height) = (pixels(size.width()), pixels(size.height()));
    if width * height > MOST_PIXELS {
        return Err(wrong());
    }
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(wrong)?;
    pixmap.fill(Color::WHITE);
    // Stretched by less than half a pixel, so that the page ends with the last one.
    let stretch = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&checked.tree, stretch, &mut pixmap.as_mut());

    let rgb: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let per_metre = (dots_per_inch / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let failed = |error: png::EncodingError| ExportError::Encode {
        format: "PNG",
        reason: error.to_string(),
    };
    let chunks = [
        ("Title", checked.title),
        ("Description", checked.description),
        ("Provenance", checked.provenance),
    ];
    for (keyword, text) in chunks {
        if !text.is_empty() {
            encoder.add_itxt_chunk(keyword.to_owned(), text).map_err(failed)?;
        }
    }
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// An image with straight alpha as PNG; `None` if the bytes do not fill it.
pub(super) fn encode_rgba(columns: u32, rows: u32, rgba: &[u8]) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns, rows);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rgba).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::super::{ExportError, svg};
    use super::*;
    use crate::figure::scene::{Anchor, Colour, Fill, Group, Item, PT_PER_MM, Path, Scene, pt};
    use crate::figure::{style, text};

    fn scene(words: &str) -> Scene {
        let style = style::light();
        let mut root = Group::default();
        root.path(Path::rect(0.0, 0.0, 20.0, 20.0), Some(Fill::solid(Colour(255, 0, 0))), None);
        root.text(words, pt(30.0, 60.0), Anchor::Start, style.title.clone());
        root.items.push(Item::TextAlong {
            text: "Durand Line".into(),
            path: Path::open([pt(10.0, 90.0), pt(100.0, 80.0), pt(200.0, 95.0)]),
            style: style.line_name.clone(),
        });
        Scene {
            width: 85.0 * PT_PER_MM,
            height: 100.0,
            background: Colour(250, 250, 250),
            title: "Zones – 1989".into(),
            description: "Was".into(),
            provenance: "{\"n\":1}".into(),
            root,
        }
    }

    #[test]
    fn has_the_size_resolution_and_provenance_asked_for() {
        let master = svg(&scene("Khyber Pakhtunkhwa"));
        let bytes = png(&master, 300.0).unwrap();
        assert_eq!(bytes, png(&master, 300.0).unwrap());
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (1004, 417)); // 85 mm and 100 pt at 300 dpi
        assert_eq!(info.pixel_dims.unwrap().xppu, 11_811);
        let texts: Vec<_> =
            info.utf8_text.iter().map(|t| (t.keyword.as_str(), t.get_text().unwrap())).collect();
        assert!(texts.contains(&("Title", "Zones – 1989".to_owned())));
        assert!(texts.contains(&("Provenance", "{\"n\":1}".to_owned())));
        assert_eq!(pixels[..3], [255, 0, 0]);
        assert_eq!(pixels[pixels.len() - 3..], [250, 250, 250]);
        assert!(pixels.chunks(3).any(|p| p[0] < 60), "no text was drawn");
    }

    #[test]
    fn an_image_is_stretched_into_its_rectangle() {
        let mut drawing = scene("x");
        let image = Item::Image {
            at: pt(120.0, 20.0),
            width: 60.0,
            height: 30.0,
            columns: 2,
            rows: 1,
            rgba: vec![0, 0, 255, 255, 0, 0, 255, 0],
        };
        drawing.root.items.push(image);
        let bytes = png(&svg(&drawing), 72.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let at = |x: usize, y: usize| &pixels[3 * (y * 241 + x)..][..3];
        assert_eq!(at(125, 35), [0, 0, 255], "its left half is blue");
        assert_eq!(at(178, 35), [250, 250, 250], "its right half is clear");
        assert_eq!(at(125, 55), [250, 250, 250], "and below it there is the page");
    }

    #[test]
    fn text_that_would_be_lost_is_an_error_that_quotes_it() {
        let lost = |words: &str| png(&svg(&scene(words)), 72.0).unwrap_err();
        assert_eq!(lost("漢 Torkham"), ExportError::Text("漢 Torkham".into()));
        assert!(lost("漢").to_string().contains("漢"));
        let master = svg(&scene("Spin Boldak"));
        let strange = master.replace("'Noto Sans', 'DejaVu Sans', Arial, sans-serif", "Arial");
        assert_eq!(png(&strange, 72.0).unwrap_err(), ExportError::Text("Spin Boldak".into()));
        let mut short = scene("Spin Boldak");
        if let Some(Item::TextAlong { path, .. }) = short.root.items.last_mut() {
            *path = Path::open([pt(10.0, 90.0), pt(20.0, 90.0)]);
        }
        assert_eq!(png(&svg(&short), 72.0).unwrap_err(), ExportError::Text("Durand Line".into()));
    }

    #[test]
    fn a_resolution_that_makes_no_sense_is_refused() {
        let master = svg(&scene("x"));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e6] {
            assert!(matches!(png(&master, bad), Err(ExportError::Resolution { .. })), "{bad}");
        }
        assert!(matches!(png("<svg", 72.0), Err(ExportError::Svg(_))));
    }

    #[test]
    fn our_widths_are_the_shapers_widths() {
        let style = style::light();
        for looks in [&style.title, &style.place, &style.province_name, &style.line_name] {
            for words in [
                "AVATAR Tokyo, 1,000\u{2009}km²",
                "office affluent fi",
                "Wákhán – To. Ya",
                "Īū ā",
                "خيبر پښتونخوا",
                "چمن–سپین بولدک",
            ] {
                let mut drawing = scene("x");
                drawing.width = 600.0;
                drawing.root.items.clear();
                drawing.root.text(words, pt(10.0, 60.0), Anchor::Start, looks.clone());
                let tree = checked::parse(&svg(&drawing)).unwrap().tree;
                let mut right = 0f32;
                let mut left = f32::MAX;
                fn ends(group: &resvg::usvg::Group, left: &mut f32, right: &mut f32) {
                    for node in group.children() {
                        match node {
                            resvg::usvg::Node::Group(inner) => ends(inner, left, right),
                            resvg::usvg::Node::Text(text) => {
                                *left = text.abs_bounding_box().left();
                                *right = text.abs_bounding_box().right();
                            }
                            _ => {}
                        }
                    }
                }
                ends(tree.root(), &mut left, &mut right);
                // The parser's box runs from the first origin to the last advance, in CSS pixels.
                let theirs = f64::from(right - left) * 72.0 / 96.0;
                let ours = text::width(words, looks);
                assert!((theirs - ours).abs() < 0.05, "{words}: {theirs} and {ours}");
            }
        }
    }
}
