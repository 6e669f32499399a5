//! [`Table`]: rows that every format writes in its own way, with sentences that
//! say what they mean.

use super::zones_readable::{grouped, latex};
use super::{Provenance, fixed};
use serde_json::{Map, Value, json};

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in CSV and JSON.
    pub key: &'static str,
    /// Its heading in Markdown and LaTeX; empty for a column they leave out.
    pub heading: String,
    /// Whether it holds numbers, set to the right.
    pub right: bool,
}

/// A cell: the value as programs read it and as people do.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// For CSV and JSON.
    pub value: Value,
    /// For Markdown and LaTeX.
    pub shown: String,
}

impl Datum {
    /// Words.
    pub fn text(text: impl Into<String>) -> Datum {
        let text = text.into();
        Datum { value: Value::String(text.clone()), shown: text }
    }

    /// A count.
    pub fn count(count: usize) -> Datum {
        Datum { value: json!(count), shown: grouped(count as f64) }
    }

    /// A number with so many decimals; unknown when it is none or not finite.
    pub fn number(value: impl Into<Option<f64>>, decimals: usize) -> Datum {
        let Some(value) = value.into().filter(|v| v.is_finite()) else { return Datum::unknown() };
        let text = fixed(value, decimals);
        let shown = if decimals == 0 && value >= 0.0 { grouped(value) } else { text.clone() };
        Datum { value: serde_json::from_str(&text).unwrap_or(Value::Null), shown }
    }

    /// Not known: empty in CSV, `null` in JSON, "n/a" to people.
    pub fn unknown() -> Datum {
        Datum { value: Value::Null, shown: "n/a".to_owned() }
    }

    /// The same value, shown in other words.
    #[must_use]
    pub fn shown(mut self, words: impl Into<String>) -> Datum {
        self.shown = words.into();
        self
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its member in a JSON document.
    pub name: &'static str,
    /// What it shows, above it.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// A cell for each column in every row.
    pub rows: Vec<Vec<Datum>>,
}

/// A column of words.
pub fn words(key: &'static str, heading: impl Into<String>) -> Column {
    Column { key, heading: heading.into(), right: false }
}

/// A column of numbers.
pub fn numbers(key: &'static str, heading: impl Into<String>) -> Column {
    Column { key, heading: heading.into(), right: true }
}

impl Table {
    /// The names of the columns.
    pub fn header(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.key.to_owned()).collect()
    }

    /// The values, row by row.
    pub fn values(&self) -> impl Iterator<Item = Vec<Value>> + '_ {
        self.rows.iter().map(|row| row.iter().map(|d| d.value.clone()).collect())
    }

    /// Every row as an object of its columns.
    pub fn objects(&self) -> Vec<Map<String, Value>> {
        let keys = || self.columns.iter().map(|c| c.key.to_owned());
        self.values().map(|row| keys().zip(row).collect()).collect()
    }

    /// What people read: columns with a heading, and their cells. A table
    /// without any is for programs alone.
    fn readable(&self) -> (Vec<&Column>, Vec<Vec<&str>>) {
        let kept: Vec<usize> =
            (0..self.columns.len()).filter(|&i| !self.columns[i].heading.is_empty()).collect();
        let columns = kept.iter().map(|&i| &self.columns[i]).collect();
        let rows = self
            .rows
            .iter()
            .map(|row| kept.iter().map(|&i| row.get(i).map_or("", |d| d.shown.as_str())).collect())
            .collect();
        (columns, rows)
    }
}

/// Tables with what they mean and where they came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What is found, in plain sentences.
    pub findings: Vec<String>,
    /// The tables.
    pub tables: Vec<Table>,
    /// How it was found, and what to beware of.
    pub notes: Vec<String>,
    /// Where it came from.
    pub provenance: Provenance,
}

impl Document {
    /// As JSON: each table a list of objects under its name.
    pub fn json(&self) -> String {
        let mut document = Map::new();
        document.insert("findings".to_owned(), json!(self.findings));
        for table in &self.tables {
            document.insert(table.name.to_owned(), json!(table.objects()));
        }
        document.insert("notes".to_owned(), json!(self.notes));
        document.insert("provenance".to_owned(), self.provenance.json());
        format!("{:#}\n", Value::Object(document))
    }

    /// As Markdown, provenance in a comment.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            text.push_str(&format!("{}\n\n", escaped(finding)));
        }
        for table in &self.tables {
            let (columns, rows) = table.readable();
            if columns.is_empty() {
                continue;
            }
            text.push_str(&format!("**{}**\n\n", escaped(&table.caption)));
            let headings: Vec<String> = columns.iter().map(|c| escaped(&c.heading)).collect();
            text.push_str(&format!("| {} |\n|", headings.join(" | ")));
            for column in &columns {
                text.push_str(if column.right { " ---: |" } else { " --- |" });
            }
            text.push('\n');
            for row in rows {
                let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                text.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str(&format!("{}\n", escaped(note)));
        }
        text.push_str(&format!("\n{}\n", self.provenance.comment()));
        text
    }

    /// As LaTeX tabulars in booktabs style, sentences and provenance in comment lines.
    pub fn latex(&self) -> String {
        let mut text = format!("% provenance: {}\n", self.provenance.line());
        text.push_str("% needs \\usepackage{booktabs}\n");
        let comment = |text: &mut String, words: &str| {
            text.push_str(&format!("% {}\n", words.replace(['\n', '\r'], " ")));
        };
        for finding in &self.findings {
            comment(&mut text, finding);
        }
        for table in &self.tables {
            let (columns, rows) = table.readable();
            if columns.is_empty() {
                continue;
            }
            comment(&mut text, &table.caption);
            let kinds: String = columns.iter().map(|c| if c.right { 'r' } else { 'l' }).collect();
            text.push_str(&format!("\\begin{{tabular}}{{{kinds}}}\n\\toprule\n"));
            let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
            text.push_str(&line(columns.iter().map(|c| latex(&c.heading)).collect()));
            text.push_str("\\midrule\n");
            for row in rows {
                text.push_str(&line(row.iter().map(|cell| latex(cell)).collect()));
            }
            text.push_str("\\bottomrule\n\\end{tabular}\n");
        }
        for note in &self.notes {
            comment(&mut text, note);
        }
        text
    }
}

/// Words that Markdown takes as they are.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('*', "\\*")
        .replace('[', "\\[")
        .replace('`', "\\`")
        .replace('<', "&lt;")
        .replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Tally;

    fn document() -> Document {
        let table = Table {
            name: "rows",
            caption: "A & B".into(),
            columns: vec![words("name", "Name"), numbers("n", "Number"), numbers("x", "")],
            rows: vec![
                vec![Datum::text("a|b_"), Datum::count(12_345), Datum::number(0.25, 3)],
                vec![
                    Datum::text("c"),
                    Datum::number(None::<f64>, 1),
                    Datum::number(f64::INFINITY, 1),
                ],
            ],
        };
        Document {
            findings: vec!["5 % more.".into()],
            tables: vec![table],
            notes: vec!["Note.".into()],
            provenance: Provenance {
                command: "x ---y".into(),
                settings: Map::new(),
                tally: Tally::default(),
                inputs: Vec::new(),
            },
        }
    }

    #[test]
    fn every_format_says_the_same_and_what_is_not_known() {
        let document = document();
        let json: Value = serde_json::from_str(&document.json()).unwrap();
        assert_eq!(json["rows"][0], json!({ "name": "a|b_", "n": 12_345, "x": 0.25 }));
        assert_eq!(json["rows"][1]["n"], Value::Null);
        assert_eq!(json["provenance"]["command"], "x ---y");
        let markdown = document.markdown();
        assert!(markdown.contains("| a\\|b_ | 12,345 |\n| c | n/a |"), "{markdown}");
        assert!(markdown.contains("| Name | Number |\n| --- | ---: |"), "{markdown}");
        let comment = &markdown[markdown.find("<!--").unwrap() + 4..];
        assert!(!comment[..comment.find("-->").unwrap()].contains("--"));
        let latex = document.latex();
        assert!(latex.contains("a|b\\_ & 12,345 \\\\") && latex.contains("{lr}"), "{latex}");
        assert_eq!(document.tables[0].header(), ["name", "n", "x"]);
    }
}
