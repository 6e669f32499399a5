//! Classed bands of a smooth surface as pixels, with smooth class edges.

use super::clip::Rect;
use super::scene::{Colour, Item, Pt, pt};
use rayon::prelude::*;

/// Samples per pixel and direction where a class edge runs through it.
const SAMPLES: usize = 3;

/// Pixels of a surface drawn in classes: class `i` begins at `breaks[i]`, the
/// last is open above, below the first nothing is drawn.
///
/// The surface is evaluated once at each corner of a pixel; where the four
/// corners differ in class, nine samples between them give the pixel's share of
/// each colour.
pub fn bands(
    rect: Rect,
    dots_per_inch: f64,
    breaks: &[f64],
    colours: &[Colour],
    opacity: f64,
    surface: impl Fn(Pt) -> f64 + Sync,
) -> Item {
    let pixels =
        |length: f64| ((length * dots_per_inch / 72.0).round().max(1.0) as usize).min(20_000);
    let (columns, rows) = (pixels(rect.width()), pixels(rect.height()));
    let (dx, dy) = (rect.width() / columns as f64, rect.height() / rows as f64);
    let corners = |row: usize| -> Vec<f64> {
        (0..=columns)
            .map(|c| surface(pt(rect.x0 + c as f64 * dx, rect.y0 + row as f64 * dy)))
            .collect()
    };
    let class = |value: f64| breaks.iter().take_while(|b| **b <= value).count();
    let alpha = (opacity.clamp(0.0, 1.0) * 255.0).round();
    let rgba: Vec<u8> = (0..rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            let (above, below) = (corners(row), corners(row + 1));
            let mut line = Vec::with_capacity(4 * columns);
            for c in 0..columns {
                let quad = [above[c], above[c + 1], below[c], below[c + 1]];
                let first = class(quad[0]);
                if quad.iter().all(|v| class(*v) == first) {
                    match first.checked_sub(1).and_then(|i| colours.get(i)) {
                        Some(Colour(r, g, b)) => line.extend([*r, *g, *b, alpha as u8]),
                        None => line.extend([0; 4]),
                    }
                } else {
                    line.extend(mixed(&quad, &class, colours, alpha));
                }
            }
            line
        })
        .collect();
    Item::Image {
        at: pt(rect.x0, rect.y0),
        width: rect.width(),
        height: rect.height(),
        columns: columns as u32,
        rows: rows as u32,
        rgba,
    }
}

fn mixed(
    quad: &[f64; 4],
    class: &impl Fn(f64) -> usize,
    colours: &[Colour],
    alpha: f64,
) -> [u8; 4] {
    let (mut sum, mut covered) = ([0.0; 3], 0.0);
    for i in 0..SAMPLES {
        for k in 0..SAMPLES {
            let (u, v) = ((i as f64 + 0.5) / SAMPLES as f64, (k as f64 + 0.5) / SAMPLES as f64);
            let value = (1.0 - v) * ((1.0 - u) * quad[0] + u * quad[1])
                + v * ((1.0 - u) * quad[2] + u * quad[3]);
            if let Some(c) = class(value).checked_sub(1).and_then(|i| colours.get(i)) {
                for (s, channel) in sum.iter_mut().zip([c.0, c.1, c.2]) {
                    *s += f64::from(channel);
                }
                covered += 1.0;
            }
        }
    }
    if covered == 0.0 {
        return [0; 4];
    }
    let [r, g, b] = sum.map(|s| (s / covered).round() as u8);
    [r, g, b, (alpha * covered / (SAMPLES * SAMPLES) as f64).round() as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_carry_the_class_of_the_surface() {
        let rect = Rect::new(10.0, 20.0, 72.0, 36.0);
        let colours = [Colour(250, 240, 200), Colour(250, 120, 60), Colour(120, 0, 20)];
        let surface = |p: Pt| 4.0 - 0.12 * (p.x - 46.0).hypot(p.y - 38.0);
        let item = bands(rect, 100.0, &[1.0, 2.0, 3.0], &colours, 0.9, surface);
        assert_eq!(item, bands(rect, 100.0, &[1.0, 2.0, 3.0], &colours, 0.9, surface));
        let Item::Image { columns, rows, rgba, .. } = item else { panic!("an image") };
        assert_eq!((columns, rows, rgba.len()), (100, 50, 20_000));
        let (mut exact, mut edge) = (0, 0);
        for row in 0..50 {
            for column in 0..100 {
                let at = 4 * (row * 100 + column);
                let px = &rgba[at..at + 4];
                let p = pt(10.0 + 0.72 * (column as f64 + 0.5), 20.0 + 0.72 * (row as f64 + 0.5));
                let value = surface(p);
                if (value - value.round()).abs() < 0.1 {
                    edge += 1;
                    continue;
                }
                exact += 1;
                let expected = match value {
                    v if v < 1.0 => [0, 0, 0, 0],
                    v => {
                        let Colour(r, g, b) = colours[(v.floor() as usize).min(3) - 1];
                        [r, g, b, 230]
                    }
                };
                assert_eq!(px, expected, "at {p:?}: {value}");
            }
        }
        assert!(exact > 3000 && edge > 100);
    }
}
