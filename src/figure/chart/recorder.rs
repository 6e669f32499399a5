//! What plotters draws, recorded into a scene: its pixels are hundredths of a point.

use crate::figure::font::FAMILY;
use crate::figure::scene::{
    Anchor, Colour, Face, Fill, Item, Path, Pt, Stroke, TextStyle as SceneText, pt,
};
use crate::figure::text;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendStyle, BackendTextStyle, DrawingErrorKind};
use std::convert::Infallible;

pub(super) fn pixels(points: f64) -> i32 {
    (100.0 * points).round() as i32
}

pub(super) fn points((x, y): (i32, i32)) -> Pt {
    pt(f64::from(x) / 100.0, f64::from(y) / 100.0)
}

fn rgba(colour: Colour, opacity: f64) -> RGBAColor {
    RGBAColor(colour.0, colour.1, colour.2, opacity)
}

pub(super) fn shape(stroke: &Stroke) -> ShapeStyle {
    ShapeStyle {
        color: rgba(stroke.colour, stroke.opacity),
        filled: false,
        stroke_width: pixels(stroke.width).unsigned_abs(),
    }
}

pub(super) fn paint(fill: &Fill) -> ShapeStyle {
    ShapeStyle { color: rgba(fill.colour, fill.opacity), filled: true, stroke_width: 0 }
}

pub(super) fn font(style: &SceneText) -> TextStyle<'static> {
    let face = match (style.face.bold, style.face.italic) {
        (true, _) => FontStyle::Bold,
        (false, true) => FontStyle::Italic,
        (false, false) => FontStyle::Normal,
    };
    let font = FontDesc::new(FontFamily::Name(FAMILY), 100.0 * style.size, face);
    font.color(&rgba(style.colour, style.opacity))
}

/// Records what plotters draws as items of a scene.
pub(super) struct Recorder<'a> {
    pub items: &'a mut Vec<Item>,
    pub width: i32,
    pub height: i32,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Recorder<'_> {
    fn path<S: BackendStyle>(&mut self, path: Path, style: &S, fill: bool) -> Drawn {
        let BackendColor { alpha: opacity, rgb: (r, g, b) } = style.color();
        if opacity > 0.0 && !path.0.is_empty() {
            let colour = Colour(r, g, b);
            let (fill, stroke) = if fill {
                (Some(Fill { colour, opacity }), None)
            } else {
                let width = f64::from(style.stroke_width()) / 100.0;
                // Only lines of more than two points have corners to round.
                let round = path.0.len() > 2;
                (None, Some(Stroke { colour, opacity, width, dashes: Vec::new(), round }))
            };
            self.items.push(Item::Path { path, fill, stroke });
        }
        Ok(())
    }
}

fn scene_text<S: BackendTextStyle>(style: &S) -> SceneText {
    let BackendColor { alpha, rgb: (r, g, b) } = style.color();
    SceneText {
        size: style.size() / 100.0,
        face: Face {
            bold: matches!(style.style(), FontStyle::Bold),
            italic: matches!(style.style(), FontStyle::Italic | FontStyle::Oblique),
        },
        colour: Colour(r, g, b),
        letter_spacing: 0.0,
        halo: None,
        opacity: alpha,
    }
}

impl DrawingBackend for Recorder<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width.unsigned_abs(), self.height.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: (i32, i32), colour: BackendColor) -> Drawn {
        let at = points(point);
        self.path(Path::rect(at.x, at.y, 0.01, 0.01), &colour, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: (i32, i32), to: (i32, i32), style: &S) -> Drawn {
        self.path(Path::open([points(from), points(to)]), style, false)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: (i32, i32),
        b: (i32, i32),
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (a, b) = (points(a), points(b));
        let (wide, tall) = ((b.x - a.x).abs(), (b.y - a.y).abs());
        self.path(Path::rect(a.x.min(b.x), a.y.min(b.y), wide, tall), style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = (i32, i32)>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.path(Path::open(path.into_iter().map(points)), style, false)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: (i32, i32),
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.path(Path::circle(points(centre), f64::from(radius) / 100.0), style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = (i32, i32)>>(
        &mut self,
        ring: I,
        style: &S,
    ) -> Drawn {
        self.path(Path::closed(ring.into_iter().map(points)), style, true)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        words: &str,
        style: &S,
        position: (i32, i32),
    ) -> Drawn {
        let looks = scene_text(style);
        if words.is_empty() || looks.opacity == 0.0 {
            return Ok(());
        }
        let capital = text::metrics(&looks).cap_height;
        let (down, anchor) = (style.anchor().v_pos, style.anchor().h_pos);
        let down = match down {
            VPos::Top => capital,
            VPos::Center => 0.5 * capital,
            VPos::Bottom => 0.0,
        };
        let anchor = match anchor {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        let rotation = match style.transform() {
            FontTransform::None => 0.0_f64,
            FontTransform::Rotate90 => 90.0,
            FontTransform::Rotate180 => 180.0,
            FontTransform::Rotate270 => 270.0,
        };
        // The baseline lies below the anchor, as seen by the letters.
        let (sin, cos) = rotation.to_radians().sin_cos();
        let at = points(position);
        let at = pt(at.x - down * sin, at.y + down * cos);
        self.items.push(Item::Text { text: words.to_owned(), at, anchor, rotation, style: looks });
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        words: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let looks = scene_text(style);
        let (wide, tall) = (text::width(words, &looks), text::metrics(&looks).cap_height);
        Ok((pixels(wide).unsigned_abs(), pixels(tall).unsigned_abs()))
    }
}
