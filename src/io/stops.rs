//! [`Stops`]: where in a text the bytes stand that may end a cell, found many
//! bytes at a time.

/// Bytes looked at together; their places are told by 16 bits.
const WINDOW: usize = 2048;
/// So many places are written down at once, wanted or not.
const AT_ONCE: usize = 8;

/// The places of four bytes in a text, found for a window that moves along.
#[derive(Clone, Debug)]
pub(super) struct Stops {
    bytes: [u8; 4],
    places: Places,
    /// The number of the next of them.
    next: usize,
    /// The window's bounds; it holds nothing at first.
    from: usize,
    until: usize,
}

/// Places in a window, in order, counted from its beginning.
#[derive(Clone, Debug)]
struct Places {
    list: [u16; WINDOW + AT_ONCE],
    count: usize,
}

/// Stands after the last place.
const BEYOND: u16 = u16::MAX;

impl Places {
    /// Takes down what the bits of the 64 bytes with a number stand for. Most have
    /// few: those are written without asking how many.
    #[inline(always)]
    fn take(&mut self, number: usize, mut bits: u64) {
        let first = 64 * number as u16;
        let count = bits.count_ones() as usize;
        if let Some(list) = self.list.get_mut(self.count..self.count + AT_ONCE) {
            for place in list {
                *place = first.wrapping_add(bits.trailing_zeros() as u16);
                bits &= bits.wrapping_sub(1);
            }
        }
        let mut at = self.count + AT_ONCE;
        while bits != 0 {
            self.list[at] = first.wrapping_add(bits.trailing_zeros() as u16);
            bits &= bits.wrapping_sub(1);
            at += 1;
        }
        self.count += count;
    }
}

impl Stops {
    /// For these bytes.
    pub(super) fn new(bytes: [u8; 4]) -> Stops {
        let places = Places { list: [BEYOND; WINDOW + AT_ONCE], count: 0 };
        Stops { bytes, places, next: 0, from: 0, until: 0 }
    }

    /// The first of the bytes at a place or after it; the text's end when there
    /// is none. Neither texts nor the order of the places may be mixed: none lies
    /// before one asked for earlier.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8], at: usize) -> usize {
        if at < self.until {
            // Between a place asked for and the window that it led to none stands.
            let offset = at.saturating_sub(self.from);
            while usize::from(self.places.list[self.next]) < offset {
                self.next += 1;
            }
            if self.next < self.places.count {
                return self.from + usize::from(self.places.list[self.next]);
            }
        }
        self.seek(text, at)
    }

    #[inline(never)]
    fn seek(&mut self, text: &[u8], at: usize) -> usize {
        let mut from = at.max(self.until);
        while from < text.len() {
            self.look(text, from);
            if self.places.count > 0 {
                return from + usize::from(self.places.list[0]);
            }
            from = self.until;
        }
        text.len()
    }

    fn look(&mut self, text: &[u8], from: usize) {
        (self.from, self.until, self.next) = (from, from + WINDOW, 0);
        let window = &text[from..text.len().min(from + WINDOW)];
        let (bytes, places) = (self.bytes, &mut self.places);
        places.count = 0;
        #[cfg(target_arch = "x86_64")]
        if let Some(with) = pulp::x86::V3::try_new() {
            with.vectorize(wide::Look { with, window, bytes, places });
        } else {
            look_plainly(window, bytes, places);
        }
        #[cfg(not(target_arch = "x86_64"))]
        look_plainly(window, bytes, places);
        places.list[places.count] = BEYOND;
    }
}

fn look_plainly(window: &[u8], [a, b, c, d]: [u8; 4], places: &mut Places) {
    let is_stop = |byte: u8| u8::from((byte == a) | (byte == b) | (byte == c) | (byte == d));
    for number in 0..window.len().div_ceil(64) {
        // Compilers turn this into a few vector instructions.
        let stops = block(window, number).map(is_stop);
        let mut bits = 0;
        for (i, eight) in stops.chunks_exact(8).enumerate() {
            // Gathers the lowest bit of eight bytes in one: each product
            // puts one of them into the highest byte, none onto another.
            let bytes = u64::from_le_bytes([
                eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7],
            ]);
            let gathered = bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits |= gathered << (8 * i);
        }
        places.take(number, bits);
    }
}

/// The 64 bytes of a text with a number; beyond its end there is nothing but
/// NUL, which parts nothing.
#[inline(always)]
fn block(text: &[u8], number: usize) -> [u8; 64] {
    let rest = text.get(64 * number..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return *block;
    }
    let mut block = [0; 64];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// With the instructions of processors since 2013.
#[cfg(target_arch = "x86_64")]
mod wide {
    use pulp::{NullaryFnOnce, x86::V3};

    pub(super) struct Look<'a> {
        pub with: V3,
        pub window: &'a [u8],
        pub bytes: [u8; 4],
        pub places: &'a mut super::Places,
    }

    impl NullaryFnOnce for Look<'_> {
        type Output = ();

        // No closures here: they would not be compiled for these instructions.
        #[inline(always)]
        fn call(self) {
            let with = self.with.avx2;
            let [a, b, c, d] = self.bytes;
            let a = self.with.avx._mm256_set1_epi8(a as i8);
            let b = self.with.avx._mm256_set1_epi8(b as i8);
            let c = self.with.avx._mm256_set1_epi8(c as i8);
            let d = self.with.avx._mm256_set1_epi8(d as i8);
            for number in 0..self.window.len().div_ceil(64) {
                let halves: [_; 2] = pulp::cast(super::block(self.window, number));
                let mut bits = 0;
                for (i, half) in halves.into_iter().enumerate() {
                    let ab = with._mm256_or_si256(
                        with._mm256_cmpeq_epi8(half, a),
                        with._mm256_cmpeq_epi8(half, b),
                    );
                    let cd = with._mm256_or_si256(
                        with._mm256_cmpeq_epi8(half, c),
                        with._mm256_cmpeq_epi8(half, d),
                    );
                    let found = with._mm256_movemask_epi8(with._mm256_or_si256(ab, cd));
                    bits |= u64::from(found as u32) << (32 * i);
                }
                self.places.take(number, bits);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Held against a look at every byte.
    #[test]
    fn every_stop_is_found() {
        let mut state = 7_u64;
        for length in [0, 1, 7, 8, 63, 64, 65, 2047, 2048, 2049, 10_000] {
            for rate in [1, 2, 20, 700, 9_000] {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                        let draw = (state >> 33) as usize;
                        if draw.is_multiple_of(rate) {
                            b",\n\r\""[(draw / rate) % 4]
                        } else {
                            (draw >> 8) as u8
                        }
                    })
                    .collect();
                let bytes = [b',', b'\n', b'\r', b'"'];
                let mut stops = Stops::new(bytes);
                for at in 0..=length {
                    let slow = text[at..].iter().position(|b| b",\n\r\"".contains(b));
                    let slow = slow.map_or(length, |n| at + n);
                    assert_eq!(stops.next(&text, at), slow);
                    assert_eq!(stops.next(&text, at), slow, "asked once more");
                }
                for from in (0..length).step_by(WINDOW) {
                    stops.look(&text, from);
                    let mut places = Places { list: [BEYOND; WINDOW + AT_ONCE], count: 0 };
                    look_plainly(&text[from..length.min(from + WINDOW)], bytes, &mut places);
                    let [fast, plain] = [&stops.places, &places].map(|p| &p.list[..p.count]);
                    assert_eq!(fast, plain);
                }
            }
        }
    }
}
