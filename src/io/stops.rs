//! [`Stops`]: where in a text the bytes stand that may end a cell, found many
//! bytes at a time.

/// Bytes looked at together.
const WINDOW: usize = 1024;

/// The places of four bytes in a text, as bits of a window that moves along.
#[derive(Clone, Debug)]
pub(super) struct Stops {
    bytes: [u8; 4],
    bits: [u64; WINDOW / 64],
    /// Where the window begins; far from every place at first.
    from: usize,
}

impl Stops {
    /// For these bytes.
    pub(super) fn new(bytes: [u8; 4]) -> Stops {
        Stops { bytes, bits: [0; WINDOW / 64], from: usize::MAX / 2 }
    }

    /// The first of the bytes at a place or after it; the text's end when there
    /// is none. Texts must not be mixed.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8], at: usize) -> usize {
        let offset = at.wrapping_sub(self.from);
        if offset < WINDOW {
            let bits = self.bits[offset / 64] & (u64::MAX << (offset % 64));
            if bits != 0 {
                return self.from + offset / 64 * 64 + bits.trailing_zeros() as usize;
            }
        }
        self.seek(text, at)
    }

    #[inline(never)]
    fn seek(&mut self, text: &[u8], mut at: usize) -> usize {
        while at < text.len() {
            if at.wrapping_sub(self.from) >= WINDOW {
                self.look(text, at - at % WINDOW);
            }
            let offset = at - self.from;
            let mut bits = self.bits[offset / 64] & (u64::MAX << (offset % 64));
            for word in offset / 64..WINDOW / 64 {
                if word > offset / 64 {
                    bits = self.bits[word];
                }
                if bits != 0 {
                    return self.from + 64 * word + bits.trailing_zeros() as usize;
                }
            }
            at = self.from + WINDOW;
        }
        text.len()
    }

    fn look(&mut self, text: &[u8], from: usize) {
        self.from = from;
        let (text, bytes, bits) = (&text[from..], self.bytes, &mut self.bits);
        #[cfg(target_arch = "x86_64")]
        if let Some(with) = pulp::x86::V3::try_new() {
            return with.vectorize(wide::Look { with, text, bytes, bits });
        }
        look_plainly(text, bytes, bits);
    }
}

fn look_plainly(text: &[u8], [a, b, c, d]: [u8; 4], bits: &mut [u64]) {
    let is_stop = |byte: u8| u8::from((byte == a) | (byte == b) | (byte == c) | (byte == d));
    for (i, bits) in bits.iter_mut().enumerate() {
        // Compilers turn this into a few vector instructions.
        let stops = block(text, i).map(is_stop);
        *bits = 0;
        for (i, eight) in stops.chunks_exact(8).enumerate() {
            // Gathers the lowest bit of eight bytes in one: each product
            // puts one of them into the highest byte, none onto another.
            let bytes = u64::from_le_bytes([
                eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7],
            ]);
            let gathered = bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56;
            *bits |= gathered << (8 * i);
        }
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
        pub text: &'a [u8],
        pub bytes: [u8; 4],
        pub bits: &'a mut [u64],
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
            for (i, bits) in self.bits.iter_mut().enumerate() {
                let halves: [_; 2] = pulp::cast(super::block(self.text, i));
                *bits = 0;
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
                    *bits |= u64::from(found as u32) << (32 * i);
                }
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
        for length in [0, 1, 7, 8, 63, 64, 65, 1023, 1024, 1025, 5000] {
            for rate in [2, 20, 700] {
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
                    assert_eq!(stops.next(&text, at), slow.map_or(length, |n| at + n));
                }
                let mut bits = [0; WINDOW / 64];
                for from in (0..length).step_by(WINDOW) {
                    stops.look(&text, from);
                    look_plainly(&text[from..], bytes, &mut bits);
                    assert_eq!(stops.bits, bits);
                }
            }
        }
    }
}
