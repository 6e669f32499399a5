//! Charts: plotters lays out axes, rules and series, and a backend of our own
//! records what it draws into a scene. Nothing else knows plotters.
//!
//! plotters counts in whole pixels; a pixel here is a hundredth of a point. It
//! clamps what lies outside of a panel to its edge.

mod recorder;

use super::scene::{Fill, Group, Pt, Stroke, pt};
use super::style::Style;
use super::{scale, text};
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use recorder::{Recorder, font, paint, pixels, shape};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::{Item, Step};
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
