//! What every plate of the tests must hold: letters of a readable size, on the
//! page, none over another, and nothing that an export would lose.

use super::Plate;
use crate::figure::{export, text};

/// Asserts it, and writes the plate as SVG, PNG and PDF into the temporary folder if the
/// environment variable `DURAND_LOOK` is set.
pub fn clean(name: &str, plate: &Plate) {
    let scene = &plate.scene;
    let svg = export::svg(scene);
    if std::env::var_os("DURAND_LOOK").is_some() {
        let png = export::png(&svg, 220.0).unwrap();
        std::fs::write(std::env::temp_dir().join(format!("{name}.png")), png).unwrap();
        std::fs::write(std::env::temp_dir().join(format!("{name}.svg")), &svg).unwrap();
        if let Ok(pdf) = export::pdf(&svg) {
            std::fs::write(std::env::temp_dir().join(format!("{name}.pdf")), pdf).unwrap();
        }
    }
    export::png(&svg, 40.0).unwrap();
    assert!(scene.width.is_finite() && scene.height.is_finite() && scene.height < 2000.0);
    let boxes = text::boxes(scene);
    for (i, a) in boxes.iter().enumerate() {
        assert!(a.size >= 5.0, "{name}: “{}” is set in {} pt", a.text, a.size);
        assert!(a.is_inside(scene.width, scene.height), "{name}: “{}” leaves the page", a.text);
        for b in &boxes[..i] {
            assert!(!a.overlaps(b), "{name}: “{}” lies on “{}”", a.text, b.text);
        }
    }
}
