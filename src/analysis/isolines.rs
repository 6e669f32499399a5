//! Lines of equal value on a grid.

use super::grid_frame::GridFrame;
use crate::geodesy::LonLat;

/// The lines at each level, by marching squares between the centres of cells:
/// closed, or ending at the outermost centres.
///
/// # Errors
/// When the tracer refuses.
pub fn isolines(
    frame: &GridFrame,
    values: &[f64],
    levels: &[f64],
) -> Result<Vec<Vec<Vec<LonLat>>>, contour::Error> {
    let lattice = &frame.lattice;
    let traced =
        contour::ContourBuilder::new(lattice.columns, lattice.rows, true).lines(values, levels)?;
    let place = |&(x, y): &(f64, f64)| {
        // The tracer's unit is a cell, the value of a cell at its middle.
        let x_m = lattice.west_m + x * lattice.cell_m;
        let y_m = lattice.north_m - y * lattice.cell_m;
        frame.projection.inverse(x_m, y_m)
    };
    Ok(traced
        .iter()
        .map(|line| {
            line.geometry()
                .iter()
                .flat_map(|part| {
                    let ring: Vec<(f64, f64)> = part.coords().map(|c| (c.x, c.y)).collect();
                    within_centres(&ring, lattice.columns as f64, lattice.rows as f64)
                })
                .map(|part| part.iter().filter_map(place).collect::<Vec<_>>())
                .filter(|part| part.len() > 1)
                .collect()
        })
        .collect())
}

/// The parts of a ring that lie between centres of cells. The tracer closes
/// every ring, along the grid's edge if need be; what runs there is no isoline.
fn within_centres(ring: &[(f64, f64)], columns: f64, rows: f64) -> Vec<Vec<(f64, f64)>> {
    let hair = 1e-9;
    let inside = |&(x, y): &(f64, f64)| {
        x > 0.5 - hair && y > 0.5 - hair && x < columns - 0.5 + hair && y < rows - 0.5 + hair
    };
    let Some(outside) = ring.iter().position(|p| !inside(p)) else { return vec![ring.to_vec()] };
    // The last place repeats the first; start outside, so that no part is cut in two.
    let open = &ring[..ring.len() - 1];
    let turned: Vec<(f64, f64)> =
        open.iter().cycle().skip(outside).take(open.len()).copied().collect();
    turned.split(|p| !inside(p)).filter(|part| part.len() > 1).map(<[_]>::to_vec).collect()
}
