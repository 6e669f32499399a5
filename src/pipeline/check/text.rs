//! What `durand check` found, for people and for machines.

use super::{Check, Count};
use std::fmt::Write;

impl Check {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |label: &str, value: String| {
            let _ = writeln!(text, "{label:<22}{value}");
        };
        let c = &self.counts;
        line("read as", self.formats.join("; "));
        line(
            "records",
            format!(
                "{} read = {} used + {} rejected + {} filtered",
                c.read, c.used, c.rejected, c.filtered
            ),
        );
        if self.blank_lines > 0 {
            line("blank lines", self.blank_lines.to_string());
        }
        match &self.period {
            Some([first, last]) => line("period", format!("{first} to {last}")),
            None => line("period", "no dates".to_owned()),
        }
        if self.undated > 0 {
            line("without a date", self.undated.to_string());
        }
        line("categories", join(&self.categories, 8));
        line("precision", join(&self.precision, 8));
        line("toll unknown", self.unknown_toll.to_string());
        line("low ≤ best ≤ high", format!("{} broken", self.toll_out_of_order));
        line(
            "repeated ids",
            format!("{}{}", self.repeated_ids.len(), examples(&self.repeated_ids)),
        );
        line("distinct places", self.places.to_string());
        for stack in &self.stacks {
            let mut name =
                if stack.place.is_empty() { String::new() } else { format!("  {}", stack.place) };
            if !stack.stands_for.is_empty() {
                name.push_str(&format!(" ({})", stack.stands_for));
            }
            line("  shared by", format!("{}: {}, {}{name}", stack.incidents, stack.lon, stack.lat));
        }
        line("in neither country", self.outside.to_string());
        line("in the other country", self.wrong_country_count.to_string());
        for one in &self.wrong_country {
            line(
                "  ",
                format!(
                    "{}: says {}, lies in {}, {:.2} km from the line",
                    record(&one.id, one.line),
                    one.named,
                    one.found,
                    one.border_distance_km
                ),
            );
        }
        line("not in named province", self.wrong_province_count.to_string());
        for one in &self.wrong_province {
            let found = if one.found.is_empty() { "none" } else { &one.found };
            let what = format!(
                "{}: says {}, lies in {found}, {:.1} km away",
                record(&one.id, one.line),
                one.named,
                one.away_km
            );
            line("  ", what);
        }
        if self.future > 0 {
            line("days still to come", self.future.to_string());
        }
        let [within, across] = self.likely_doubles_count;
        let s = if within == 1 { "" } else { "s" };
        line("may be one event", format!("{within} pair{s} of one source, {across} of two"));
        if self.not_compared_days > 0 {
            let (days, incidents) = (self.not_compared_days, self.not_compared_incidents);
            let s = if days == 1 { "" } else { "s" };
            line("  ", format!("{incidents} incidents of {days} day{s} are too many to compare"));
        }
        for one in &self.likely_doubles {
            let what = format!(
                "{} and {}: {}, {:.1} km apart",
                record(&one.ids[0], one.lines[0]),
                record(&one.ids[1], one.lines[1]),
                one.date,
                one.apart_km
            );
            line("  ", what);
        }
        if self.likely_repairs_count > 0 {
            line("may be mistyped", self.likely_repairs_count.to_string());
        }
        for one in &self.likely_repairs {
            let what = format!(
                "{}: {}, {}: {}? Then {}, {} in {}",
                record(&one.id, one.line),
                one.given[0],
                one.given[1],
                one.how,
                one.repaired[0],
                one.repaired[1],
                one.lands_in
            );
            line("  ", what);
        }
        for notice in &self.notices {
            line("note", notice.clone());
        }
        for reject in self.rejected.iter().take(20) {
            line("rejected", reject.clone());
        }
        if self.rejected.len() > 20 {
            line("rejected", format!("… and {} more", self.rejected.len() - 20));
        }
        text
    }

    /// For machines.
    pub fn json(&self) -> String {
        // Plain strings, numbers and lists.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }
}

/// "123 (line 45)".
fn record(id: &str, line: u64) -> String {
    let id = if id.is_empty() { "no id" } else { id };
    if line == 0 { id.to_owned() } else { format!("{id} (line {line})") }
}

fn join(counts: &[Count], most: usize) -> String {
    let mut parts: Vec<String> =
        counts.iter().take(most).map(|c| format!("{} {}", c.incidents, c.name)).collect();
    if counts.len() > most {
        parts.push(format!("… {} more", counts.len() - most));
    }
    parts.join(", ")
}

fn examples(counts: &[Count]) -> String {
    if counts.is_empty() { String::new() } else { format!(": {}", join(counts, 5)) }
}
