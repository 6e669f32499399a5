//! The drawing grammar: a scene, how text is measured, maps, charts and
//! furniture, and the exporters. It knows no incident and no border.

pub mod along;
pub mod bands;
pub mod chart;
pub mod clip;
pub mod corner;
pub mod creases;
pub mod edges;
pub mod export;
pub mod font;
pub mod furniture;
pub mod hatch;
pub mod inset;
pub mod joined;
pub mod label;
pub mod legend;
pub mod map;
pub mod palette;
pub mod scale;
pub mod scale_bar;
pub mod scene;
pub mod spread;
pub mod style;
pub mod symbol;
pub mod text;
