//! The drawing grammar: a scene, how text is measured, maps, charts and
//! furniture, and the exporters. It knows no incident and no border.

pub mod chart;
pub mod export;
pub mod font;
pub mod furniture;
pub mod palette;
pub mod scale;
pub mod scene;
pub mod style;
pub mod text;
