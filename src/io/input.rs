//! [`Input`]: where incidents come from, as it is named on a command line.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// Where incidents come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// Standard input, written `-`.
    Stdin,
    /// The list that ships with the tool, written `bundled`.
    Bundled,
}

impl FromStr for Input {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Input, Infallible> {
        Ok(match word {
            "-" => Input::Stdin,
            "bundled" => Input::Bundled,
            path => Input::Path(path.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_inputs() {
        assert_eq!("-".parse(), Ok(Input::Stdin));
        assert_eq!("bundled".parse(), Ok(Input::Bundled));
        assert_eq!("a.csv".parse(), Ok(Input::Path("a.csv".into())));
    }
}
