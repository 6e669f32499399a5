//! The master SVG as a page of PDF with selectable text and no dates.

use super::ExportError;

/// Writes an SVG of this crate as a PDF of one page, as large as the scene.
///
/// # Errors
/// [`ExportError::Text`] if a text would not be drawn whole, [`ExportError::Svg`]
/// if the SVG cannot be read, [`ExportError::WithoutPdf`] in a build without PDF.
#[cfg(not(feature = "pdf"))]
pub fn pdf(_svg: &str) -> Result<Vec<u8>, ExportError> {
    Err(ExportError::WithoutPdf)
}

/// Writes an SVG of this crate as a PDF of one page, as large as the scene.
///
/// # Errors
/// [`ExportError::Text`] if a text would not be drawn whole, [`ExportError::Svg`]
/// if the SVG cannot be read, [`ExportError::WithoutPdf`] in a build without PDF.
#[cfg(feature = "pdf")]
pub fn pdf(svg: &str) -> Result<Vec<u8>, ExportError> {
    use krilla::embed::{AssociationKind, EmbeddedFile};
    use krilla::geom::Size;
    use krilla::metadata::Metadata;
    use krilla::page::PageSettings;
    use krilla_svg::{SurfaceExt, SvgSettings};

    let failed = |reason: String| ExportError::Encode { format: "PDF", reason };
    let mut checked = super::checked::parse(svg)?;
    if let Some(parted) = super::halo::separate(svg, &checked.tree) {
        checked = super::checked::parse(&parted)?;
    }
    let size = checked.tree.size();
    // The parser gives CSS pixels, 96 to the inch; PDF wants points.
    let points = |css: f32| css * 72.0 / 96.0;
    let page_size = Size::from_wh(points(size.width()), points(size.height()))
        .ok_or_else(|| failed("the page has no size".to_owned()))?;

    let mut document = krilla::Document::new();
    let mut page = document.start_page_with(PageSettings::new(page_size));
    let mut surface = page.surface();
    surface
        .draw_svg(&checked.tree, page_size, SvgSettings::default())
        .ok_or_else(|| failed("the page cannot be drawn".to_owned()))?;
    surface.finish();
    page.finish();

    let about = Metadata::new()
        .title(checked.title)
        .description(checked.description)
        .language("en".to_owned())
        .creator(concat!("durand ", env!("CARGO_PKG_VERSION")).to_owned());
    document.set_metadata(about);
    if !checked.provenance.is_empty() {
        let provenance = EmbeddedFile {
            path: "provenance.json".to_owned(),
            mime_type: None,
            description: Some(
                "Tool version, settings, counts and inputs of this figure".to_owned(),
            ),
            association_kind: AssociationKind::Data,
            data: checked.provenance.into_bytes().into(),
            modification_date: None,
            compress: Some(false), // a page of JSON that may be read with any tool
            location: None,
        };
        document
            .embed_file(provenance)
            .ok_or_else(|| failed("two files of one name".to_owned()))?;
    }
    document.finish().map_err(|error| failed(format!("{error:?}")))
}

#[cfg(all(test, feature = "pdf"))]
mod tests {
    use super::super::svg;
    use super::*;
    use crate::figure::scene::{Anchor, Colour, Fill, Group, Item, PT_PER_MM, Path, Scene, pt};
    use crate::figure::style;

    fn scene() -> Scene {
        let style = style::light();
        let mut root = Group::default();
        root.path(Path::rect(0.0, 0.0, 120.0, 40.0), Some(Fill::solid(Colour(200, 90, 30))), None);
        root.text("Chaman Torkham", pt(10.0, 30.0), Anchor::Start, style.place.clone());
        root.items.push(Item::TextAlong {
            text: "Durand Line".into(),
            path: Path::open([pt(10.0, 90.0), pt(100.0, 80.0), pt(200.0, 95.0)]),
            style: style.line_name.clone(),
        });
        Scene {
            width: 85.0 * PT_PER_MM,
            height: 100.0,
            background: Colour(250, 250, 250),
            title: "Zones".into(),
            description: "Was".into(),
            provenance: "{\"n\":1}".into(),
            root,
        }
    }

    #[test]
    fn a_page_of_the_right_size_without_dates() {
        let bytes = pdf(&svg(&scene())).unwrap();
        assert_eq!(bytes, pdf(&svg(&scene())).unwrap());
        if std::env::var_os("DURAND_LOOK").is_some() {
            std::fs::write(std::env::temp_dir().join("export.pdf"), &bytes).unwrap();
            std::fs::write(std::env::temp_dir().join("export.svg"), svg(&scene())).unwrap();
        }
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("%PDF-"));
        assert!(text.contains("[0 0 240.94"), "85 mm are 240.94 pt");
        assert!(text.contains("{\"n\":1}"), "provenance is attached as it is");
        assert!(!text.contains("CreationDate") && !text.contains("ModDate"));
    }
}
