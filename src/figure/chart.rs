//! Charts: plotters lays out axes, rules and series, and a backend of our own
//! records what it draws into a scene. The only file that knows plotters.
//!
//! plotters counts in whole pixels; a pixel here is a hundredth of a point. It
//! clamps what lies outside of a panel to its edge.

use super::scene::{
    Anchor, Colour, Face, Fill, Group, Item, Path, Pt, Stroke, TextStyle as SceneText, pt,
};
use super::style::Style;
use super::{scale, text};
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendStyle, BackendTextStyle, DrawingErrorKind};
use std::convert::Infallible;

/// One axis of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Values at the left or lower end and at the right or upper end.
    pub domain: [f64; 2],
    /// Labelled values and their labels.
    pub ticks: Vec<(f64, String)>,
    /// Whether a light rule crosses the panel at each labelled value.
    pub rules: bool,
    /// Whether a line with tick marks bounds the panel on the side of the labels.
    pub line: bool,
}

/// A series of a panel, in the units of its axes. Values that are not finite are
/// left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Rectangles from a corner to the opposite corner.
    Bars(Vec<[(f64, f64); 2]>, Fill),
    /// The area between a line and a height.
    Area(Vec<(f64, f64)>, f64, Fill),
    /// The area between two lines: x, one height and the other.
    Band(Vec<(f64, f64, f64)>, Fill),
    /// A line through points.
    Line(Vec<(f64, f64)>, Stroke),
    /// Separate straight lines, each from one point to another.
    Segments(Vec<[(f64, f64); 2]>, Stroke),
}

/// A rectangle of the page with two linear axes and marks; labels of the x axis
/// stand below it, labels of the y axis to its left.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Left, top, right and bottom edge on the page, points.
    pub plot: [f64; 4],
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// Drawn in order above the rules.
    pub marks: Vec<Mark>,
}

/// Between a panel and its labels, points.
const LABEL_GAP: f64 = 3.0;
/// Length of a tick mark, points.
const TICK: f64 = 2.0;

impl Axis {
    /// An axis for counts: from 0 to the first round tick at or above `highest`,
    /// with about so many ticks at whole numbers.
    pub fn counts(highest: usize, about: usize) -> Axis {
        let highest = highest.max(1) as f64;
        let step = scale::tick_step(0.0, highest, about).max(1.0);
        let last = (highest / step - 1e-9).ceil();
        let ticks =
            (0..=last as usize).map(|k| (k as f64 * step, scale::number(k as f64 * step, 0)));
        Axis { domain: [0.0, last * step], ticks: ticks.collect(), rules: false, line: false }
    }

    /// An axis over a domain with about so many round ticks, labelled as numbers.
    pub fn spanning(domain: [f64; 2], about: usize) -> Axis {
        let [low, high] = domain;
        let decimals = scale::decimals(scale::tick_step(low, high, about));
        let ticks = scale::ticks(low, high, about);
        let ticks = ticks.into_iter().map(|t| (t, scale::number(t, decimals))).collect();
        Axis { domain, ticks, rules: false, line: false }
    }

    /// An axis without labels.
    pub fn plain(domain: [f64; 2]) -> Axis {
        Axis { domain, ticks: Vec::new(), rules: false, line: false }
    }

    /// The domain, made finite and ascending if it is not.
    fn range(&self) -> std::ops::Range<f64> {
        let [low, high] = self.domain;
        if low.is_finite() && high.is_finite() && low < high {
            low..high
        } else {
            let low = if low.is_finite() { low } else { 0.0 };
            low..low + 1.0
        }
    }
}

impl Panel {
    /// Where a value lies on the page.
    pub fn at(&self, x: f64, y: f64) -> Pt {
        let [left, top, right, bottom] = self.plot;
        let across = self.x.range();
        let up = self.y.range();
        pt(
            scale::Linear { domain: [across.start, across.end], range: [left, right] }.at(x),
            scale::Linear { domain: [up.start, up.end], range: [bottom, top] }.at(y),
        )
    }

    /// Room that labels take to the left of a panel, points.
    pub fn label_width(y: &Axis, style: &Style) -> f64 {
        let widths = y.ticks.iter().map(|(_, label)| text::width(label, &style.label));
        widths.fold(0.0, f64::max) + LABEL_GAP
    }

    /// Room that labels take below a panel, points.
    pub fn label_height(style: &Style) -> f64 {
        2.0 * TICK + text::metrics(&style.label).cap_height + 1.0
    }

    /// The panel as a group of a scene.
    pub fn draw(&self, name: &str, style: &Style) -> Group {
        let mut group = Group::named(name);
        let [left, top, right, bottom] = self.plot;
        if !(self.plot.iter().all(|v| v.is_finite()) && right > left && bottom > top) {
            return group;
        }
        let (label_width, label_height) =
            (Panel::label_width(&self.y, style), Panel::label_height(style));
        let recorder = Recorder {
            items: &mut group.items,
            width: pixels(right + label_width),
            height: pixels(bottom + label_height),
        };
        let drawn = self.record(recorder, style, [label_width, label_height]);
        // The recorder cannot fail, and plotters fails only where its backend does.
        debug_assert!(drawn.is_ok(), "{:?}", drawn.err());
        group
    }

    fn record(
        &self,
        recorder: Recorder<'_>,
        style: &Style,
        [label_width, label_height]: [f64; 2],
    ) -> Result<(), DrawingAreaErrorKind<Infallible>> {
        let [left, top, right, bottom] = self.plot;
        let page = recorder.into_drawing_area();
        let area = page.shrink(
            (pixels(left - label_width), pixels(top)),
            (pixels(right - left + label_width), pixels(bottom - top + label_height)),
        );
        let mut chart = ChartBuilder::on(&area)
            .set_label_area_size(LabelAreaPosition::Left, pixels(label_width))
            .set_label_area_size(LabelAreaPosition::Bottom, pixels(label_height))
            .build_cartesian_2d(Ticked::from(&self.x), Ticked::from(&self.y))?;
        let label = |axis: &Axis, value: f64| {
            axis.ticks
                .iter()
                .find(|(tick, _)| *tick == value)
                .map_or_else(String::new, |(_, l)| l.clone())
        };
        let (x_label, y_label) = (|v: &f64| label(&self.x, *v), |v: &f64| label(&self.y, *v));

        // Rules and labels first, one axis at a time, for each has its own line.
        for across in [false, true] {
            let axis = if across { &self.x } else { &self.y };
            let mut mesh = chart.configure_mesh();
            mesh.max_light_lines(0)
                .light_line_style(TRANSPARENT)
                .bold_line_style(shape(&style.rule))
                .axis_style(if axis.line { shape(&style.tick) } else { TRANSPARENT.into() })
                .label_style(font(&style.label))
                .set_tick_mark_size(LabelAreaPosition::Left, pixels(0.5 * LABEL_GAP))
                .set_tick_mark_size(LabelAreaPosition::Bottom, pixels(TICK))
                .x_label_formatter(&x_label)
                .y_label_formatter(&y_label);
            if across {
                mesh.disable_y_axis().disable_y_mesh();
            } else {
                mesh.disable_x_axis().disable_x_mesh();
            }
            if !axis.rules {
                mesh.disable_mesh();
            }
            mesh.draw()?;
        }

        let finite = |&(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        let kept =
            |points: &[(f64, f64)]| points.iter().copied().filter(finite).collect::<Vec<_>>();
        let whole = |pairs: &[[(f64, f64); 2]]| {
            pairs.iter().copied().filter(|pair| pair.iter().all(finite)).collect::<Vec<_>>()
        };
        for mark in &self.marks {
            match mark {
                Mark::Bars(bars, fill) => {
                    let bars = whole(bars).into_iter().map(|bar| Rectangle::new(bar, paint(fill)));
                    chart.draw_series(bars)?;
                }
                Mark::Area(points, base, fill) => {
                    chart.draw_series(AreaSeries::new(kept(points), *base, paint(fill)))?;
                }
                Mark::Band(places, fill) => {
                    let there = places.iter().map(|&(x, low, _)| (x, low));
                    let back = places.iter().rev().map(|&(x, _, high)| (x, high));
                    let outline = kept(&there.chain(back).collect::<Vec<_>>());
                    chart.draw_series([Polygon::new(outline, paint(fill))])?;
                }
                Mark::Line(points, stroke) => {
                    chart.draw_series(LineSeries::new(kept(points), shape(stroke)))?;
                }
                Mark::Segments(pairs, stroke) => {
                    let lines =
                        whole(pairs).into_iter().map(|ends| PathElement::new(ends, shape(stroke)));
                    chart.draw_series(lines)?;
                }
            }
        }
        Ok(())
    }
}

/// An axis as plotters sees it, with our ticks in place of its own.
struct Ticked {
    range: std::ops::Range<f64>,
    ticks: Vec<f64>,
}

impl From<&Axis> for Ticked {
    fn from(axis: &Axis) -> Ticked {
        Ticked { range: axis.range(), ticks: axis.ticks.iter().map(|(value, _)| *value).collect() }
    }
}

impl Ranged for Ticked {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let range = [f64::from(limit.0), f64::from(limit.1)];
        scale::Linear { domain: [self.range.start, self.range.end], range }.at(*value).round()
            as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.clone()
    }
}

fn pixels(points: f64) -> i32 {
    (100.0 * points).round() as i32
}

fn points((x, y): (i32, i32)) -> Pt {
    pt(f64::from(x) / 100.0, f64::from(y) / 100.0)
}

fn rgba(colour: Colour, opacity: f64) -> RGBAColor {
    RGBAColor(colour.0, colour.1, colour.2, opacity)
}

fn shape(stroke: &Stroke) -> ShapeStyle {
    ShapeStyle {
        color: rgba(stroke.colour, stroke.opacity),
        filled: false,
        stroke_width: pixels(stroke.width).unsigned_abs(),
    }
}

fn paint(fill: &Fill) -> ShapeStyle {
    ShapeStyle { color: rgba(fill.colour, fill.opacity), filled: true, stroke_width: 0 }
}

fn font(style: &SceneText) -> TextStyle<'static> {
    let face = match (style.face.bold, style.face.italic) {
        (true, _) => FontStyle::Bold,
        (false, true) => FontStyle::Italic,
        (false, false) => FontStyle::Normal,
    };
    let font = FontDesc::new(FontFamily::Name(super::font::FAMILY), 100.0 * style.size, face);
    font.color(&rgba(style.colour, style.opacity))
}

/// Records what plotters draws as items of a scene.
struct Recorder<'a> {
    items: &'a mut Vec<Item>,
    width: i32,
    height: i32,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::Step;
    use crate::figure::style;

    fn panel() -> Panel {
        Panel {
            plot: [40.0, 20.0, 440.0, 120.0],
            x: Axis { line: true, ..Axis::spanning([0.0, 2680.0], 14) },
            y: Axis { rules: true, ..Axis::counts(17, 4) },
            marks: vec![],
        }
    }

    fn corners(item: &Item) -> Vec<Pt> {
        let Item::Path { path, .. } = item else { return Vec::new() };
        path.0
            .iter()
            .filter_map(|step| match *step {
                Step::Move(p) | Step::Line(p) => Some(p),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn marks_land_where_the_panel_says() {
        let style = style::light();
        let mut panel = panel();
        let plain = panel.draw("p", &style).items.len();
        let places = [(0.0, 0.0), (1340.0, 10.0), (2680.0, 20.0), (777.7, 3.3)];
        panel.marks.push(Mark::Line(places.to_vec(), Stroke::solid(style.ink, 0.8)));
        panel.marks.push(Mark::Bars(vec![[(100.0, 0.0), (110.0, 7.0)]], Fill::solid(style.ink)));
        panel.marks.push(Mark::Area(
            vec![(5.0, 5.0), (f64::NAN, 1.0), (9.0, 9.0)],
            0.0,
            Fill::solid(style.ink),
        ));
        let group = panel.draw("p", &style);
        let new = &group.items[plain..];
        assert_eq!(new.len(), 3, "the area's invisible border is not recorded");
        for (drawn, (x, y)) in corners(&new[0]).iter().zip(places) {
            let want = panel.at(x, y);
            assert!(
                (drawn.x - want.x).abs() <= 0.021 && (drawn.y - want.y).abs() <= 0.021,
                "{drawn:?} {want:?}"
            );
        }
        let bar = corners(&new[1]);
        assert!((bar[2].x - bar[0].x - 400.0 * 10.0 / 2680.0).abs() < 0.03);
        assert_eq!(corners(&new[2]).len(), 4, "what is not a number is left out");
        let Item::Path { stroke: Some(stroke), .. } = &new[0] else { panic!("a line") };
        assert_eq!((stroke.width, stroke.colour), (0.8, style.ink));
    }

    #[test]
    fn rules_and_labels_are_at_the_ticks() {
        let style = style::light();
        let group = panel().draw("p", &style);
        let labels: Vec<_> = group
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Text { text, style, .. } => Some((text.as_str(), style.size)),
                _ => None,
            })
            .collect();
        assert!(
            labels.contains(&("2,000", style.label.size))
                && labels.contains(&("20", style.label.size))
        );
        assert_eq!(labels.len(), 5 + 14);
        let rules = group.items.iter().filter(
            |item| matches!(item, Item::Path { stroke: Some(s), .. } if s.colour == style.rule.colour),
        );
        assert_eq!(rules.count(), 5);
    }

    #[test]
    fn a_domain_without_sense_does_not_hang() {
        let style = style::light();
        for domain in [[0.0, f64::INFINITY], [f64::NAN, 1.0], [3.0, 3.0], [5.0, -5.0]] {
            let mut panel = panel();
            panel.x = Axis::spanning(domain, 5);
            panel
                .marks
                .push(Mark::Line(vec![(1.0, 1.0), (2.0, 1e300)], Stroke::solid(style.ink, 1.0)));
            assert!(!panel.draw("p", &style).items.is_empty());
        }
        let values = |axis: Axis| axis.ticks.iter().map(|t| t.0).collect::<Vec<f64>>();
        assert_eq!(values(Axis::counts(0, 4)), [0.0, 1.0]);
        assert_eq!(values(Axis::counts(3, 4)), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(values(Axis::counts(57, 4)), [0.0, 20.0, 40.0, 60.0]);
    }
}
