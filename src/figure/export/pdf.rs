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
    let checked = super::checked::parse(svg)?;
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
