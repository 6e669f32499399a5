//! The drawing grammar: a scene, how text is measured, maps, charts and
//! furniture, and the exporters. It knows no incident and no border.

pub mod clip;
pub mod edges;
pub mod map;
pub mod scene;
pub mod spread;
pub mod symbol;
