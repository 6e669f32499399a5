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
    pub(super) fn next(&mut self, text: &[u8], mut at: usize) -> usize {
        while at < text.len() {
            if at.wrapping_sub(self.from) >= WINDOW {
                self.look(text, at - at % WINDOW);
            }
            let offset = at - self.from;
            let mut word = offset / 64;
            let mut bits = self.bits[word] & (u64::MAX << (offset % 64));
            loop {
                if bits != 0 {
                    return self.from + 64 * word + bits.trailing_zeros() as usize;
                }
                word += 1;
                match self.bits.get(word) {
                    Some(next) => bits = *next,
                    None => break,
                }
            }
            at = self.from + WINDOW;
        }
        text.len()
    }

    fn look(&mut self, text: &[u8], from: usize) {
        self.from = from;
        let rest = &text[from..];
        let [a, b, c, d] = self.bytes;
        let is_stop = |byte: u8| u8::from((byte == a) | (byte == b) | (byte == c) | (byte == d));
        for (word, bits) in self.bits.iter_mut().enumerate() {
            let start = (64 * word).min(rest.len());
            let end = (start + 64).min(rest.len());
            // Compilers turn this loop into a few vector instructions.
            let mut stops = [0_u8; 64];
            for (stop, byte) in stops.iter_mut().zip(&rest[start..end]) {
                *stop = is_stop(*byte);
            }
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
                        if draw % rate == 0 {
                            b",\n\r\""[(draw / rate) % 4]
                        } else {
                            (draw >> 8) as u8
                        }
                    })
                    .collect();
                let mut stops = Stops::new([b',', b'\n', b'\r', b'"']);
                for at in 0..=length {
                    let slow = text[at..].iter().position(|b| b",\n\r\"".contains(b));
                    assert_eq!(stops.next(&text, at), slow.map_or(length, |n| at + n));
                }
            }
        }
    }
}
