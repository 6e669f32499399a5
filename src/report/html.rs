//! The report as one page of HTML that asks nobody for anything: its style,
//! script, figures and data stand in it.

use super::html_text::{html_data, html_text, json_for_html};
use super::table::Table;
use super::zones_readable::grouped;
use super::{Provenance, Tally};
use crate::digest::sha256_base64;
use serde_json::{Map, Value, json};

/// The style sheet.
const STYLE: &str = include_str!("page/page.css");
/// What the interactive map needs of elements.
const MAP: &str = include_str!("page/map.html");
/// The script: plain files, one after the other, in one scope.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("page/base.js"),
    include_str!("page/incidents.js"),
    include_str!("page/map.js"),
    include_str!("page/pointing.js"),
    include_str!("page/time.js"),
    include_str!("page/filters.js"),
    include_str!("page/table.js"),
    include_str!("page/main.js"),
    "})();\n"
);

/// A figure of the page.
#[derive(Clone, Debug)]
pub struct PageFigure {
    /// Name of its files, without extension.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// An `<svg>` element whose ids begin with the name.
    pub svg: String,
    /// What a reader of it should know.
    pub remarks: Vec<String>,
    /// Names of the files it was written to.
    pub files: Vec<String>,
}

/// A table of the page.
#[derive(Clone, Debug)]
pub struct PageTable {
    /// Name of the file that a reader may save it to, without extension.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What its numbers mean, a sentence each.
    pub notes: Vec<String>,
    /// The rows; `None` for the incidents, whose rows the filters choose.
    pub table: Option<Table>,
}

/// Everything that a page shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What, where, when, in a sentence or two.
    pub standfirst: String,
    /// What is found, the chief findings first.
    pub findings: Vec<String>,
    /// How many of them are the chief ones.
    pub chief: usize,
    /// The figures in their order.
    pub figures: Vec<PageFigure>,
    /// The tables in their order.
    pub tables: Vec<PageTable>,
    /// Map, incidents and categories, for the script.
    pub data: Map<String, Value>,
    /// How it was found, a paragraph each.
    pub methods: Vec<String>,
    /// What was left out and what to beware of, a sentence each.
    pub left_out: Vec<String>,
    /// Whom to credit.
    pub credits: Vec<String>,
    /// Where it came from.
    pub provenance: Provenance,
}

impl Page {
    /// The page as HTML.
    ///
    /// The content security policy lets nothing be fetched, and nothing run but
    /// the one script, which it knows by its sha256.
    pub fn html(&self) -> String {
        let mut out = String::with_capacity(3 << 20);
        out.push_str(&format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src \
             'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"generator\" content=\"durand {}\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n",
            sha256_base64(SCRIPT),
            sha256_base64(STYLE),
            env!("CARGO_PKG_VERSION"),
            html_text(&self.title),
        ));
        self.head(&mut out);
        out.push_str("<main id=\"main\">\n");
        self.findings(&mut out);
        out.push_str(MAP);
        self.figures(&mut out);
        self.tables(&mut out);
        self.methods(&mut out);
        self.left_out(&mut out);
        out.push_str("</main>\n<footer>\n");
        for credit in &self.credits {
            out.push_str(&format!("<p>{}</p>\n", html_data(credit)));
        }
        out.push_str("</footer>\n");
        let data = json_for_html(&Value::Object(self.data()));
        out.push_str(&format!(
            "<script type=\"application/json\" id=\"data\">{data}</script>\n<script>{SCRIPT}</script>\n\
             </body>\n</html>\n"
        ));
        out
    }

    fn head(&self, out: &mut String) {
        out.push_str(&format!(
            "<header>\n<h1>{}</h1>\n<p class=\"standfirst\">{}</p>\n\
             <nav aria-label=\"Contents\"><ul>\n\
             <li><a href=\"#findings\">Findings</a></li>\n\
             <li><a href=\"#map-section\">Map</a></li>\n\
             <li><a href=\"#figures\">Figures</a></li>\n\
             <li><a href=\"#tables\">Tables</a></li>\n\
             <li><a href=\"#methods\">Methods and sources</a></li>\n\
             <li><a href=\"#left-out\">What was left out</a></li>\n</ul></nav>\n</header>\n",
            html_data(&self.title),
            html_data(&self.standfirst),
        ));
    }

    fn findings(&self, out: &mut String) {
        section(out, "findings", "Key findings");
        out.push_str("<ul class=\"findings\">\n");
        for (number, finding) in self.findings.iter().enumerate() {
            let class = if number < self.chief { " class=\"chief\"" } else { "" };
            out.push_str(&format!("<li{class}>{}</li>\n", html_data(&glued(finding))));
        }
        out.push_str("</ul>\n</section>\n");
    }

    fn figures(&self, out: &mut String) {
        section(out, "figures", "Figures");
        for figure in &self.figures {
            out.push_str(&format!(
                "<figure class=\"plate\" id=\"figure-{}\">\n{}<figcaption>",
                html_text(&figure.name),
                figure.svg
            ));
            for remark in &figure.remarks {
                out.push_str(&format!("<p>{}</p>", html_data(remark)));
            }
            if !figure.files.is_empty() {
                out.push_str(&format!("<p>Files: {}.</p>", html_text(&figure.files.join(", "))));
            }
            out.push_str("</figcaption>\n</figure>\n");
        }
        out.push_str("</section>\n");
    }

    fn tables(&self, out: &mut String) {
        section(out, "tables", "Tables");
        out.push_str(
            "<p class=\"hint\">Press a heading to sort. What is saved as CSV holds every column, \
             the rows being those found.</p>\n<div class=\"tables\">\n",
        );
        for (number, table) in self.tables.iter().enumerate() {
            let open = if number == 0 { " open" } else { "" };
            out.push_str(&format!(
                "<details{open}><summary>{}</summary>\n<div data-table=\"{}\" data-title=\"{}\"></div>\n",
                html_data(&table.title),
                html_text(&table.name),
                html_text(&table.title)
            ));
            for note in &table.notes {
                out.push_str(&format!("<p class=\"note\">{}</p>\n", html_data(note)));
            }
            out.push_str("</details>\n");
        }
        out.push_str("</div>\n</section>\n");
    }

    fn methods(&self, out: &mut String) {
        section(out, "methods", "Methods and sources");
        out.push_str("<div class=\"prose\">\n");
        for method in &self.methods {
            out.push_str(&format!("<p>{}</p>\n", html_data(method)));
        }
        out.push_str("</div>\n<h3>Files that were read</h3>\n<dl class=\"sources\">\n");
        for input in &self.provenance.inputs {
            out.push_str(&format!(
                "<dt>{}</dt><dd>{}, sha256 <code>{}</code></dd>\n",
                html_text(&input.role),
                html_data(&input.name),
                html_text(&input.sha256)
            ));
        }
        let settings = Value::Object(self.provenance.settings.clone());
        out.push_str(&format!(
            "</dl>\n<details><summary>Settings</summary>\n<pre tabindex=\"0\">{}</pre></details>\n</section>\n",
            html_text(&format!("{settings:#}"))
        ));
    }

    fn left_out(&self, out: &mut String) {
        section(out, "left-out", "What was left out, and what to beware of");
        let Tally { read, used, rejected, filtered } = self.provenance.tally;
        let [read, used, rejected, filtered] =
            [read, used, rejected, filtered].map(|n| grouped(n as f64));
        out.push_str(&format!(
            "<p><strong>{read} records read = {used} used + {rejected} rejected + {filtered} \
             filtered.</strong></p>\n<ul class=\"prose\">\n"
        ));
        for sentence in &self.left_out {
            out.push_str(&format!("<li>{}</li>\n", html_data(sentence)));
        }
        out.push_str("</ul>\n</section>\n");
    }

    fn data(&self) -> Map<String, Value> {
        let mut data = self.data.clone();
        let mut tables = Map::new();
        for page_table in &self.tables {
            if let Some(table) = &page_table.table {
                tables.insert(page_table.name.clone(), table_data(table));
            }
        }
        data.insert("tables".to_owned(), Value::Object(tables));
        data
    }
}

fn section(out: &mut String, id: &str, heading: &str) {
    out.push_str(&format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-heading\">\n<h2 id=\"{id}-heading\">{heading}</h2>\n"
    ));
}

/// A number and its unit on one line.
fn glued(text: &str) -> String {
    let units = [" %", " km"];
    units
        .iter()
        .fold(text.to_owned(), |text, unit| text.replace(unit, &unit.replacen(' ', "\u{a0}", 1)))
}

/// Columns and rows; a cell is its value, or the value and how it is shown where
/// that differs.
fn table_data(table: &Table) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|c| json!({ "key": c.key, "heading": c.heading, "right": c.right }))
        .collect();
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            let cell = |datum: &super::Datum| {
                let plain = match &datum.value {
                    Value::String(text) => text.clone(),
                    Value::Null => "n/a".to_owned(),
                    value => value.to_string(),
                };
                match plain == datum.shown {
                    true => datum.value.clone(),
                    false => json!([datum.value, datum.shown]),
                }
            };
            Value::Array(row.iter().map(cell).collect())
        })
        .collect();
    json!({ "columns": columns, "rows": rows })
}
