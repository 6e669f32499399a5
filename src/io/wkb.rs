//! Geometries as well-known binary (OGC 06-103r4, 8.2), in either byte order,
//! with heights and measures, which are passed over.
//!
//! Every count is held against the bytes that are left before anything is
//! allocated by it.

use super::gate::{Foreign, Raw};

/// What is wrong with a geometry, in words.
pub(super) type Fault = &'static str;

const CUT_OFF: Fault = "the geometry is cut off";
/// Byte order and type; the least that a geometry has.
const HEADER: usize = 5;

/// The one place that a Point is, or a MultiPoint of one.
///
/// # Errors
/// When it is something else, empty, several places or damaged.
#[cfg(any(feature = "parquet", test))]
pub(super) fn place(bytes: &[u8]) -> Result<Raw, Fault> {
    if bytes.is_empty() {
        return Err("no geometry");
    }
    let kind = Cursor { bytes, little: true }.header()?.kind;
    if kind != POINT && kind != MULTI + POINT {
        return Err("is not a Point");
    }
    match decode(bytes)? {
        Foreign::Points(points) => match points.as_slice() {
            [at] => Ok(*at),
            [] => Err("an empty point"),
            _ => Err("a MultiPoint of several points is no one place; split it"),
        },
        _ => Err("is not a Point"),
    }
}

/// A point, line or polygon, or several of one kind. Empty points are left out.
///
/// # Errors
/// When it is a curve, a surface or a collection, or damaged.
pub(super) fn decode(bytes: &[u8]) -> Result<Foreign, Fault> {
    let mut cursor = Cursor { bytes, little: true };
    let whole = cursor.header()?;
    match whole.kind {
        POINT => Ok(Foreign::Points(cursor.point(whole)?.into_iter().collect())),
        LINE => Ok(Foreign::Lines(vec![cursor.line(whole)?])),
        POLYGON => Ok(Foreign::Polygons(vec![cursor.polygon(whole)?])),
        kind if kind == MULTI + POINT => {
            let points = cursor.parts(POINT, Cursor::point)?;
            Ok(Foreign::Points(points.into_iter().flatten().collect()))
        }
        kind if kind == MULTI + LINE => Ok(Foreign::Lines(cursor.parts(LINE, Cursor::line)?)),
        kind if kind == MULTI + POLYGON => {
            Ok(Foreign::Polygons(cursor.parts(POLYGON, Cursor::polygon)?))
        }
        7 => Err("a collection of geometries is not read"),
        _ => Err("this kind of geometry is not read"),
    }
}

const POINT: u32 = 1;
const LINE: u32 = 2;
const POLYGON: u32 = 3;
/// Added to a kind, several of it.
const MULTI: u32 = 3;

/// What stands before a geometry's numbers.
#[derive(Clone, Copy)]
struct Header {
    kind: u32,
    /// Bytes of a position.
    width: usize,
}

/// Bytes that are still to be read.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Cursor<'a> {
    fn header(&mut self) -> Result<Header, Fault> {
        self.little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            _ => return Err("the byte order of the geometry is neither 0 nor 1"),
        };
        let code = self.count()?;
        if code & 0x2000_0000 != 0 {
            return Err("the geometry names a coordinate system of its own");
        }
        // ISO adds thousands for height and measure, PostGIS sets high bits.
        let (kind, thousands) = ((code & 0x0FFF_FFFF) % 1000, (code & 0x0FFF_FFFF) / 1000);
        let extra = match thousands {
            0 => (code >> 31) + (code >> 30 & 1),
            1 | 2 => 1,
            3 => 2,
            _ => return Err("this kind of geometry is not read"),
        };
        Ok(Header { kind, width: 16 + 8 * extra as usize })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or(CUT_OFF)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn count(&mut self) -> Result<u32, Fault> {
        let four = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    /// A number of things that have so many bytes each at least.
    fn count_of(&mut self, least: usize) -> Result<usize, Fault> {
        let count = self.count()? as usize;
        let fits = count.checked_mul(least).is_some_and(|bytes| bytes <= self.bytes.len());
        if fits { Ok(count) } else { Err(CUT_OFF) }
    }

    fn position(&mut self, width: usize) -> Result<Raw, Fault> {
        let (here, rest) = self.bytes.split_at_checked(width).ok_or(CUT_OFF)?;
        let mut pair = Cursor { bytes: here, little: self.little };
        self.bytes = rest;
        let mut number = || -> Result<f64, Fault> {
            let eight = pair.take::<8>()?;
            Ok(if pair.little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) })
        };
        Ok([number()?, number()?])
    }

    /// A point; both numbers of an empty one are no numbers.
    fn point(&mut self, header: Header) -> Result<Option<Raw>, Fault> {
        let at = self.position(header.width)?;
        Ok((!(at[0].is_nan() && at[1].is_nan())).then_some(at))
    }

    fn line(&mut self, header: Header) -> Result<Vec<Raw>, Fault> {
        let count = self.count_of(header.width)?;
        (0..count).map(|_| self.position(header.width)).collect()
    }

    fn polygon(&mut self, header: Header) -> Result<Vec<Vec<Raw>>, Fault> {
        let count = self.count_of(4)?;
        (0..count).map(|_| self.line(header)).collect()
    }

    /// The members of several geometries of one kind.
    fn parts<T>(
        &mut self,
        kind: u32,
        mut one: impl FnMut(&mut Cursor<'a>, Header) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let count = self.count_of(HEADER)?;
        let part = |_| {
            let header = self.header()?;
            if header.kind != kind {
                return Err("its parts are not of its kind");
            }
            one(self, header)
        };
        (0..count).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: u32) -> Vec<u8> {
        [&[1], kind.to_le_bytes().as_slice()].concat()
    }

    fn wkb(kind: u32, numbers: &[f64]) -> Vec<u8> {
        let numbers = numbers.iter().flat_map(|x| x.to_le_bytes());
        head(kind).into_iter().chain(numbers).collect()
    }

    #[test]
    fn places_in_either_order_with_heights_or_without() {
        let at = Ok([70.5, 34.5]);
        assert_eq!(place(&wkb(1, &[70.5, 34.5])), at);
        assert_eq!(place(&wkb(1001, &[70.5, 34.5, 900.0])), at);
        assert_eq!(place(&wkb(3001, &[70.5, 34.5, 900.0, 1.0])), at);
        assert_eq!(place(&wkb(0x8000_0001, &[70.5, 34.5, 900.0])), at);
        assert_eq!(place(&wkb(3, &[70.5, 34.5])), Err("is not a Point"));
        assert_eq!(place(&wkb(1, &[70.5])), Err(CUT_OFF));
        assert_eq!(place(&wkb(1001, &[70.5, 34.5])), Err(CUT_OFF));
        assert_eq!(place(&wkb(1, &[f64::NAN, f64::NAN])), Err("an empty point"));
        assert_eq!(place(&[]), Err("no geometry"));
        assert!(place(&[2, 1, 0, 0, 0]).unwrap_err().contains("byte order"));
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend([70.5f64, 34.5].iter().flat_map(|x| x.to_be_bytes()));
        assert_eq!(place(&big), at);
        let several = |count: u32, points: &[Vec<u8>]| {
            [head(4), count.to_le_bytes().to_vec(), points.concat()].concat()
        };
        // Members may have another byte order than the whole.
        assert_eq!(place(&several(1, &[big])), at);
        let two = several(2, &[wkb(1, &[70.0, 34.0]), wkb(1, &[71.0, 34.0])]);
        assert!(place(&two).unwrap_err().contains("several points"));
        assert_eq!(place(&several(0, &[])), Err("an empty point"));
    }

    #[test]
    fn lines_and_polygons_have_their_parts() {
        let counted = |points: &[f64]| {
            let count = (points.len() as u32 / 2).to_le_bytes();
            let numbers = points.iter().flat_map(|x| x.to_le_bytes());
            count.into_iter().chain(numbers).collect::<Vec<u8>>()
        };
        let (shell, hole) =
            ([60., 30., 64., 30., 64., 34., 60., 30.], [61., 31., 62., 31., 61., 31.]);
        let polygon =
            [head(3), 2_u32.to_le_bytes().to_vec(), counted(&shell), counted(&hole)].concat();
        let several = [head(6), 1_u32.to_le_bytes().to_vec(), polygon.clone()].concat();
        for bytes in [&polygon, &several] {
            let Ok(Foreign::Polygons(polygons)) = decode(bytes) else { panic!("no polygons") };
            assert_eq!(polygons.len(), 1);
            assert_eq!(polygons[0].iter().map(Vec::len).collect::<Vec<_>>(), [4, 3]);
            assert_eq!(polygons[0][0][1], [64.0, 30.0]);
        }
        let line = [head(2), counted(&[60.0, 30.0, 61.0, 31.0])].concat();
        assert!(matches!(decode(&line), Ok(Foreign::Lines(parts)) if parts[0][1] == [61.0, 31.0]));
        let mixed = [head(6), 1_u32.to_le_bytes().to_vec(), line].concat();
        assert_eq!(decode(&mixed).err(), Some("its parts are not of its kind"));
        for kind in [7, 8, 17, 4001, 0] {
            assert!(decode(&wkb(kind, &[0.0; 8])).err().unwrap().contains("not read"), "{kind}");
        }
    }

    /// Bytes cut anywhere, and counts that lie, are faults and ask for no memory.
    #[test]
    fn counts_are_held_against_the_bytes() {
        for kind in 2..=6 {
            let huge = [head(kind), u32::MAX.to_le_bytes().to_vec(), vec![0; 64]].concat();
            assert_eq!(decode(&huge).err(), Some(CUT_OFF));
            for length in 0..9 {
                assert!(decode(&huge[..length]).is_err());
            }
        }
    }
}
