//! A scene as SVG 1.1: the master of every figure. Text stays text, numbers have
//! at most three decimals, names become ids, and nothing depends on the moment.

use super::compact;
use crate::encoding::base64;
use crate::figure::scene::{
    Anchor, Colour, Fill, Group, Item, PT_PER_MM, Path, Pt, Scene, Step, Stroke, TextStyle,
};
use crate::figure::text;
use crate::figure::{font, joined};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Writes a scene as SVG.
///
/// Width and height are in millimetres, coordinates in points. The title and the
/// description are what a screen reader says; the provenance stands in
/// `<metadata>`. Characters that XML forbids become U+FFFD.
pub fn svg(scene: &Scene) -> String {
    let mut writer = Writer::default();
    writer.ids.extend(["title", "description", "provenance", "page"].map(str::to_owned));
    writer.scene(scene);
    writer.out
}

/// Writes a scene as an `<svg>` element for a page of HTML.
///
/// It has no provenance of its own, no title that a browser would show as a hint
/// over all of it (a label says it instead), every id begins with `prefix`, and
/// outlines are short: relative, long lines thinned to a tenth of a point.
pub fn svg_in_page(scene: &Scene, prefix: &str) -> String {
    let mut writer = Writer { prefix: format!("{prefix}-"), compact: true, ..Writer::default() };
    let (width, height) = (number(scene.width, 2), number(scene.height, 2));
    writer.put(&format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{}\" font-family=\"{}\">\n",
        escape(&scene.title),
        font::FAMILIES.replace('"', "'"),
    ));
    // Where a figure has no title, its description is its name.
    writer.put(&format!("<desc>{}</desc>\n", escape(&scene.description)));
    writer.put(&format!(
        "<path d=\"M0 0H{width}V{height}H0Z\" fill=\"{}\"/>\n",
        hex(scene.background)
    ));
    writer.group(&scene.root);
    writer.put("</svg>\n");
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    ids: BTreeSet<String>,
    /// What every id begins with.
    prefix: String,
    /// Whether outlines are short.
    compact: bool,
}

impl Writer {
    fn outline(&self, path: &Path) -> String {
        if self.compact { compact::outline(path) } else { outline(path) }
    }

    fn scene(&mut self, scene: &Scene) {
        let (width, height) = (number(scene.width, 3), number(scene.height, 3));
        self.put(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             version=\"1.1\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"title description\" font-family=\"{}\">\n",
            number(scene.width / PT_PER_MM, 3),
            number(scene.height / PT_PER_MM, 3),
            font::FAMILIES,
        ));
        self.put(&format!("<title id=\"title\">{}</title>\n", escape(&scene.title)));
        self.put(&format!("<desc id=\"description\">{}</desc>\n", escape(&scene.description)));
        self.put(&format!(
            "<metadata id=\"provenance\">{}</metadata>\n",
            escape(&scene.provenance)
        ));
        self.put(&format!(
            "<rect id=\"page\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
            hex(scene.background)
        ));
        self.group(&scene.root);
        self.put("</svg>\n");
    }

    fn group(&mut self, group: &Group) {
        let id = (!group.name.is_empty()).then(|| self.unique(&group.name));
        self.group_as(id, group);
    }

    fn group_as(&mut self, id: Option<String>, group: &Group) {
        let clip = group.clip.as_ref().map(|path| {
            let id = self.unique("clip");
            self.put(&format!(
                "<clipPath id=\"{id}\"><path clip-rule=\"evenodd\" d=\"{}\"/></clipPath>\n",
                self.outline(path)
            ));
            id
        });
        self.put("<g");
        if let Some(id) = id {
            self.put(&format!(" id=\"{id}\""));
        }
        if let Some(id) = clip {
            self.put(&format!(" clip-path=\"url(#{id})\""));
        }
        self.put(">\n");
        for item in &group.items {
            self.item(item);
        }
        self.put("</g>\n");
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Group(group) => self.group(group),
            Item::Copies { group, offsets } => {
                let id = self.unique(if group.name.is_empty() { "copies" } else { &group.name });
                self.group_as(Some(id.clone()), group);
                for by in offsets {
                    let (x, y) = (number(by.x, 3), number(by.y, 3));
                    self.put(&format!("<use xlink:href=\"#{id}\" x=\"{x}\" y=\"{y}\"/>\n"));
                }
            }
            Item::Path { path, fill, stroke } => {
                let outline = self.outline(path);
                if outline.is_empty() {
                    return; // Nothing of it lies on the page.
                }
                let (fill, stroke) =
                    (fill_attributes(fill.as_ref()), stroke_attributes(stroke.as_ref()));
                self.put(&format!("<path d=\"{outline}\"{fill}{stroke}/>\n"));
            }
            Item::Text { text, .. } | Item::TextAlong { text, .. } if text.trim().is_empty() => {}
            Item::Text { text, at, anchor, rotation, style } => {
                let (x, y) = (number(at.x, 3), number(at.y, 3));
                let turn = if *rotation == 0.0 {
                    String::new()
                } else {
                    format!(" transform=\"rotate({} {x} {y})\"", number(*rotation, 3))
                };
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let looks = text_attributes(text, style) + &length(text, style);
                self.put(&format!(
                    "<text x=\"{x}\" y=\"{y}\"{anchor}{turn}{looks}>{}</text>\n",
                    words(text)
                ));
            }
            Item::TextAlong { text, path, style } => {
                let id = self.unique("baseline");
                let looks = text_attributes(text, style);
                self.put(&format!(
                    "<path id=\"{id}\" d=\"{}\" fill=\"none\"/>\n<text text-anchor=\"middle\"{looks}>\
                     <textPath xlink:href=\"#{id}\" startOffset=\"50%\">{}</textPath></text>\n",
                    self.outline(path),
                    words(text)
                ));
            }
            Item::Image { at, width, height, columns, rows, rgba } => {
                let Some(png) = super::png::encode_rgba(*columns, *rows, rgba) else { return };
                self.put(&format!(
                    "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
                     image-rendering=\"smooth\" xlink:href=\"data:image/png;base64,{}\"/>\n",
                    number(at.x, 3),
                    number(at.y, 3),
                    number(*width, 3),
                    number(*height, 3),
                    base64(&png)
                ));
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A free id: the name with what ids may not hold replaced, numbered when taken.
    fn unique(&mut self, name: &str) -> String {
        let mut stem: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
            .collect();
        if !stem.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            stem.insert(0, '_');
        }
        let stem = format!("{}{stem}", self.prefix);
        let mut id = stem.clone();
        let mut count = 1;
        while !self.ids.insert(id.clone()) {
            count += 1;
            id = format!("{stem}-{count}");
        }
        id
    }
}

/// A number with at most `decimals` decimals, no exponent, no trailing zeros and
/// no minus zero. What is not finite is written as 0, for SVG knows no other.
fn number(value: f64, decimals: usize) -> String {
    let mut text = if value.is_finite() { format!("{value:.decimals$}") } else { "0".to_owned() };
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "-0" { "0".to_owned() } else { text }
}

fn outline(path: &Path) -> String {
    let mut d = String::new();
    let point = |d: &mut String, letter: char, points: &[Pt]| {
        d.push(letter);
        for (i, p) in points.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(d, "{gap}{} {}", number(p.x, 3), number(p.y, 3));
        }
    };
    for step in &path.0 {
        match *step {
            Step::Move(p) => point(&mut d, 'M', &[p]),
            Step::Line(p) => point(&mut d, 'L', &[p]),
            Step::Cubic(b, c, e) => point(&mut d, 'C', &[b, c, e]),
            Step::Close => d.push('Z'),
        }
    }
    d
}

fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

fn fill_attributes(fill: Option<&Fill>) -> String {
    match fill {
        None => " fill=\"none\"".to_owned(),
        Some(fill) => format!(
            " fill=\"{}\" fill-rule=\"evenodd\"{}",
            hex(fill.colour),
            opacity("fill-opacity", fill.opacity)
        ),
    }
}

fn stroke_attributes(stroke: Option<&Stroke>) -> String {
    let Some(stroke) = stroke else { return String::new() };
    let mut text =
        format!(" stroke=\"{}\" stroke-width=\"{}\"", hex(stroke.colour), number(stroke.width, 3));
    if stroke.round {
        text.push_str(" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
    }
    if !stroke.dashes.is_empty() {
        let dashes: Vec<String> = stroke.dashes.iter().map(|&d| number(d, 3)).collect();
        let _ = write!(text, " stroke-dasharray=\"{}\"", dashes.join(" "));
    }
    text + &opacity("stroke-opacity", stroke.opacity)
}

fn opacity(attribute: &str, value: f64) -> String {
    if value < 1.0 {
        format!(" {attribute}=\"{}\"", number(value.max(0.0), 3))
    } else {
        String::new()
    }
}

fn text_attributes(text: &str, style: &TextStyle) -> String {
    let style = &joined::looks(text, style);
    let mut looks = format!(" font-size=\"{}\"", number(style.size, 3));
    if joined::is_joined(text) {
        let _ = write!(looks, " font-family=\"{}\"", joined::families());
    }
    if style.face.bold {
        looks.push_str(" font-weight=\"bold\"");
    }
    if style.face.italic {
        looks.push_str(" font-style=\"italic\"");
    }
    if style.letter_spacing != 0.0 {
        let _ = write!(looks, " letter-spacing=\"{}\"", number(style.letter_spacing, 3));
    }
    let _ = write!(looks, " fill=\"{}\"", hex(style.colour));
    if let Some((colour, wide)) = style.halo {
        // The stroke is centred on the outline and its inner half is covered.
        let _ = write!(
            looks,
            " stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
            hex(colour),
            number(2.0 * wide, 3)
        );
    }
    looks.push_str(&opacity("opacity", style.opacity));
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        looks.push_str(" xml:space=\"preserve\"");
    }
    looks
}

/// Wider texts are told how long they are, points.
const LONG_PT: f64 = 120.0;

/// The length of a long line, so that a viewer without the font, which takes a
/// wider one, squeezes it instead of running off the page. Short texts go
/// without, since an editor keeps the length when the words change, and joined
/// letters, of which a text in two scripts is measured less exactly.
fn length(text: &str, style: &TextStyle) -> String {
    let width = text::width(text, style);
    if width < LONG_PT || joined::is_joined(text) {
        return String::new();
    }
    format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", number(width, 3))
}

/// Text on one line: tabs and line ends become spaces.
fn words(text: &str) -> String {
    escape(&text.replace(['\t', '\n', '\r'], " ")).into_owned()
}

/// XML-escaped text; what XML 1.0 forbids or discourages becomes U+FFFD.
fn escape(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
            || matches!(c, '\u{fdd0}'..='\u{fdef}')
            || u32::from(c) & 0xfffe == 0xfffe
    };
    if !text.chars().any(|c| odd(c) || matches!(c, '&' | '<' | '>' | '"' | '\r')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\r' => safe.push_str("&#13;"),
            c if odd(c) => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::scene::pt;
    use crate::figure::style;

    fn scene() -> Scene {
        let style = style::light();
        let mut layer = Group::named("the <line> & more");
        layer.clip = Some(Path::rect(0.0, 0.0, 90.0, 90.0));
        let mut ring = Path::closed([pt(10.0, 10.0), pt(80.0, 10.0), pt(80.0, 80.123_456)]);
        ring.extend_line([pt(1e-9, -1e-9), pt(20.0, 20.0)]);
        layer.path(ring, Some(Fill { colour: Colour::hex(0x12abff), opacity: 0.5 }), None);
        layer.text(
            "<b>&\"\u{1}\u{0}\u{ffff} ' ]]>\tx",
            pt(1.0, 50.0),
            Anchor::End,
            style.place.clone(),
        );
        layer.items.push(Item::TextAlong {
            text: "Durand & Line".into(),
            path: Path::open([pt(0.0, 30.0), pt(90.0, 30.0)]),
            style: style.line_name.clone(),
        });
        layer.items.push(Item::Image {
            at: pt(1.0, 2.0),
            width: 3.0,
            height: 4.0,
            columns: 2,
            rows: 1,
            rgba: vec![255, 0, 0, 128, 0, 0, 255, 255],
        });
        let mut root = Group::default();
        root.group(layer.clone());
        root.group(layer);
        Scene {
            width: 180.0 * PT_PER_MM,
            height: 100.0,
            background: Colour(255, 255, 255),
            title: "A & B <script>".into(),
            description: "\u{8}what\u{fdd0}".into(),
            provenance: "{\"a\": \"<&>\"}".into(),
            root,
        }
    }

    #[test]
    fn hostile_text_stays_text() {
        let text = svg(&scene());
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("width"), Some("180mm"));
        assert_eq!(text.matches("xmlns=").count(), 1);
        let of = |name: &str| {
            document
                .descendants()
                .find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", name)))
                .unwrap()
        };
        assert_eq!(of("title").text(), Some("A & B <script>"));
        assert_eq!(of("desc").text(), Some("\u{fffd}what\u{fffd}"));
        assert_eq!(of("metadata").text(), Some("{\"a\": \"<&>\"}"));
        assert_eq!(of("text").text(), Some("<b>&\"\u{fffd}\u{fffd}\u{fffd} ' ]]> x"));
        let ids: Vec<_> = document.descendants().filter_map(|n| n.attribute("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        assert!(ids.contains(&"the--line----more") && ids.contains(&"the--line----more-2"));
        for node in document.descendants().filter(|n| n.has_attribute("clip-path")) {
            let target = node
                .attribute("clip-path")
                .unwrap()
                .trim_start_matches("url(#")
                .trim_end_matches(')');
            assert!(ids.contains(&target));
        }
    }

    #[test]
    fn the_same_scene_gives_the_same_bytes() {
        assert_eq!(svg(&scene()), svg(&scene()));
    }

    #[test]
    fn numbers_are_short_and_plain() {
        assert_eq!(number(80.123_456, 3), "80.123");
        assert_eq!(number(-0.000_1, 3), "0");
        assert_eq!(number(1e21, 3), "1000000000000000000000");
        assert_eq!(number(100.0, 0), "100");
        assert_eq!(number(2.5, 3), "2.5");
        assert_eq!(number(f64::NAN, 3), "0");
    }

    #[test]
    fn base64_of_rfc_4648() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
