//! The kernels: their forms, their reach and how wide they are.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// Shape of the kernel; `h` is the bandwidth, `u = r / h`. Forms and constants
/// of B. W. Silverman (1986), Density Estimation, §4.2, in two dimensions.
///
/// `h` is the radius beyond which a kernel is zero, and for the Gaussian its
/// standard deviation. Other tools state the standard deviation σ of every
/// kernel (spatstat does): [`Kernel::bandwidth_per_deviation`] converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kernel {
    /// 3/(π h²) (1 − u²)², zero beyond h.
    #[default]
    Quartic,
    /// 2/(π h²) (1 − u²), zero beyond h.
    Epanechnikov,
    /// 4/(π h²) (1 − u²)³, zero beyond h.
    Triweight,
    /// 1/(π h²), zero beyond h.
    Uniform,
    /// 1/(2π h²) exp(−u²/2); h is the standard deviation. Cut at 8 h, where it
    /// is below 2·10⁻¹⁴ of its peak.
    Gaussian,
}

impl Kernel {
    /// All kernels.
    pub const ALL: [Kernel; 5] = [
        Kernel::Quartic,
        Kernel::Epanechnikov,
        Kernel::Triweight,
        Kernel::Uniform,
        Kernel::Gaussian,
    ];

    /// The word in options and provenance.
    pub fn word(self) -> &'static str {
        match self {
            Kernel::Quartic => "quartic",
            Kernel::Epanechnikov => "epanechnikov",
            Kernel::Triweight => "triweight",
            Kernel::Uniform => "uniform",
            Kernel::Gaussian => "gaussian",
        }
    }

    /// Value at a squared distance (m²), per m²; integrates to one over the plane.
    pub fn value(self, distance_2_m2: f64, bandwidth_m: f64) -> f64 {
        let u2 = distance_2_m2 / (bandwidth_m * bandwidth_m);
        if u2 >= self.reach() * self.reach() {
            return 0.0;
        }
        self.peak(bandwidth_m) * self.shape(u2)
    }

    /// Value at the centre, per m².
    pub fn peak(self, bandwidth_m: f64) -> f64 {
        let factor = match self {
            Kernel::Quartic => 3.0,
            Kernel::Epanechnikov => 2.0,
            Kernel::Triweight => 4.0,
            Kernel::Uniform => 1.0,
            Kernel::Gaussian => 0.5,
        };
        factor / (PI * bandwidth_m * bandwidth_m)
    }

    /// Value at `u²` within the reach, as a share of the peak.
    fn shape(self, u2: f64) -> f64 {
        let v = 1.0 - u2;
        match self {
            Kernel::Quartic => v * v,
            Kernel::Epanechnikov => v,
            Kernel::Triweight => v * v * v,
            Kernel::Uniform => 1.0,
            Kernel::Gaussian => (-0.5 * u2).exp(),
        }
    }

    /// Where the kernel ends, in bandwidths.
    pub fn reach(self) -> f64 {
        if self == Kernel::Gaussian { 8.0 } else { 1.0 }
    }

    /// Bandwidth of a kernel whose standard deviation along each axis is one:
    /// `h = factor · σ`.
    pub fn bandwidth_per_deviation(self) -> f64 {
        match self {
            Kernel::Quartic => 8f64.sqrt(),
            Kernel::Epanechnikov => 6f64.sqrt(),
            Kernel::Triweight => 10f64.sqrt(),
            Kernel::Uniform => 2.0,
            Kernel::Gaussian => 1.0,
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word is no kernel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kernel; expected quartic, epanechnikov, triweight, uniform or gaussian")]
pub struct UnknownKernel(String);

impl FromStr for Kernel {
    type Err = UnknownKernel;

    fn from_str(text: &str) -> Result<Kernel, UnknownKernel> {
        Kernel::ALL
            .into_iter()
            .find(|k| k.word().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownKernel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_deviations_are_those_of_the_kernels() {
        // E[x²] by summation over a fine grid.
        for kernel in Kernel::ALL {
            let h = kernel.bandwidth_per_deviation();
            let (mut mass, mut second) = (0.0, 0.0);
            let step = 0.02 * h.max(1.0);
            let n = (kernel.reach() * h / step) as i32 + 1;
            for i in -n..=n {
                for j in -n..=n {
                    let (x, y) = (f64::from(i) * step, f64::from(j) * step);
                    let k = kernel.value(x * x + y * y, h) * step * step;
                    mass += k;
                    second += k * x * x;
                }
            }
            assert!((mass - 1.0).abs() < 0.01 && (second - 1.0).abs() < 0.01, "{kernel} {second}");
        }
    }

    #[test]
    fn every_word_is_read_back() {
        for kernel in Kernel::ALL {
            assert_eq!(kernel.word().parse::<Kernel>(), Ok(kernel));
        }
        assert!("cubic".parse::<Kernel>().is_err());
    }
}
