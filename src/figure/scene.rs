//! [`Scene`]: a finished drawing. Everything is decided here — paths, text and
//! images in points (1/72 inch), y down — so that an exporter is a `match`.

/// A colour with red, green and blue; opacity lives beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// From 0xRRGGBB.
    pub const fn hex(rgb: u32) -> Colour {
        Colour((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }
}

/// A point on the page, in points from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Pt {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Starts a new subpath.
    Move(Pt),
    /// Straight to a point.
    Line(Pt),
    /// Cubic Bézier: two controls and the end.
    Cubic(Pt, Pt, Pt),
    /// Closes the subpath.
    Close,
}

/// Paths of one or more subpaths.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Path(pub Vec<Step>);

/// How an area is filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    /// Colour.
    pub colour: Colour,
    /// 0 to 1.
    pub opacity: f64,
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: Colour,
    /// 0 to 1.
    pub opacity: f64,
    /// Width in points.
    pub width: f64,
    /// Lengths of dashes and gaps in points; empty for a solid line.
    pub dashes: Vec<f64>,
    /// Round joins and caps instead of mitred joins and butt caps.
    pub round: bool,
}

/// Where a text's anchor lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its start.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

/// A face of the one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    /// Bold instead of regular.
    pub bold: bool,
    /// Italic instead of upright.
    pub italic: bool,
}

/// How a text looks.
#[derive(Clone, Debug, PartialEq)]
pub struct TextStyle {
    /// Size in points.
    pub size: f64,
    /// Face.
    pub face: Face,
    /// Colour.
    pub colour: Colour,
    /// Extra space after each letter, points.
    pub letter_spacing: f64,
    /// Colour and width in points of a halo beneath the letters.
    pub halo: Option<(Colour, f64)>,
    /// 0 to 1.
    pub opacity: f64,
}

/// A drawn thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A group with its own clip and name.
    Group(Group),
    /// A path, filled by the even-odd rule and stroked.
    Path {
        /// The outline.
        path: Path,
        /// Its fill, if any.
        fill: Option<Fill>,
        /// Its stroke, if any.
        stroke: Option<Stroke>,
    },
    /// A line of text on a straight baseline.
    Text {
        /// The words.
        text: String,
        /// The anchor on the baseline.
        at: Pt,
        /// Where the anchor lies in the text.
        anchor: Anchor,
        /// Degrees clockwise about `at`.
        rotation: f64,
        /// Looks.
        style: TextStyle,
    },
    /// A line of text set along a path, centred on its middle.
    TextAlong {
        /// The words.
        text: String,
        /// The baseline, left to right as read.
        path: Path,
        /// Looks.
        style: TextStyle,
    },
    /// A group without text, drawn where it is and again at these offsets: what
    /// maps beside each other share is in the file once.
    Copies {
        /// What is drawn.
        group: Group,
        /// How far right and down each further copy lies, points.
        offsets: Vec<Pt>,
    },
    /// An image with straight alpha, stretched into a rectangle.
    Image {
        /// Top left corner.
        at: Pt,
        /// Width on the page, points.
        width: f64,
        /// Height on the page, points.
        height: f64,
        /// Pixels across.
        columns: u32,
        /// Pixels down.
        rows: u32,
        /// Rows from the top, four bytes a pixel.
        rgba: Vec<u8>,
    },
}

/// Items drawn together, in order.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Group {
    /// Layer name, written as the SVG group's id and unique in a scene; empty for none.
    pub name: String,
    /// Nothing is drawn outside of it.
    pub clip: Option<Path>,
    /// What is drawn, first at the bottom.
    pub items: Vec<Item>,
}

/// A finished drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Page width, points.
    pub width: f64,
    /// Page height, points.
    pub height: f64,
    /// Colour of the page.
    pub background: Colour,
    /// Title for readers that cannot see the figure, and for the file's metadata.
    pub title: String,
    /// What the figure shows in a few sentences (alternative text).
    pub description: String,
    /// Provenance as JSON: tool version, settings, counts, sha256 of every input.
    pub provenance: String,
    /// What is drawn.
    pub root: Group,
}

/// Points per millimetre.
pub const PT_PER_MM: f64 = 72.0 / 25.4;

/// A point on the page.
pub const fn pt(x: f64, y: f64) -> Pt {
    Pt { x, y }
}

impl Path {
    /// A rectangle.
    pub fn rect(x: f64, y: f64, width: f64, height: f64) -> Path {
        Path::closed([pt(x, y), pt(x + width, y), pt(x + width, y + height), pt(x, y + height)])
    }

    /// An open line through points.
    pub fn open(points: impl IntoIterator<Item = Pt>) -> Path {
        let mut path = Path::default();
        path.extend_line(points);
        path
    }

    /// A closed ring through points.
    pub fn closed(points: impl IntoIterator<Item = Pt>) -> Path {
        let mut path = Path::open(points);
        path.0.push(Step::Close);
        path
    }

    /// A circle of four Bézier arcs (error below 0.03 % of the radius).
    pub fn circle(centre: Pt, radius: f64) -> Path {
        const K: f64 = 0.552_284_749_8;
        let (x, y, r, k) = (centre.x, centre.y, radius, K * radius);
        Path(vec![
            Step::Move(pt(x + r, y)),
            Step::Cubic(pt(x + r, y + k), pt(x + k, y + r), pt(x, y + r)),
            Step::Cubic(pt(x - k, y + r), pt(x - r, y + k), pt(x - r, y)),
            Step::Cubic(pt(x - r, y - k), pt(x - k, y - r), pt(x, y - r)),
            Step::Cubic(pt(x + k, y - r), pt(x + r, y - k), pt(x + r, y)),
            Step::Close,
        ])
    }

    fn shift(&mut self, by: Pt) {
        let shift = |p: &mut Pt| *p = pt(p.x + by.x, p.y + by.y);
        for step in &mut self.0 {
            match step {
                Step::Move(p) | Step::Line(p) => shift(p),
                Step::Cubic(a, b, c) => [a, b, c].into_iter().for_each(shift),
                Step::Close => {}
            }
        }
    }

    /// Appends an open subpath through points.
    pub fn extend_line(&mut self, points: impl IntoIterator<Item = Pt>) {
        for (i, p) in points.into_iter().enumerate() {
            self.0.push(if i == 0 { Step::Move(p) } else { Step::Line(p) });
        }
    }
}

impl Group {
    /// An empty group with a layer name.
    pub fn named(name: impl Into<String>) -> Group {
        Group { name: name.into(), ..Group::default() }
    }

    /// Draws a path above what is there.
    pub fn path(&mut self, path: Path, fill: Option<Fill>, stroke: Option<Stroke>) {
        self.items.push(Item::Path { path, fill, stroke });
    }

    /// Draws text above what is there.
    pub fn text(&mut self, text: impl Into<String>, at: Pt, anchor: Anchor, style: TextStyle) {
        self.items.push(Item::Text { text: text.into(), at, anchor, rotation: 0.0, style });
    }

    /// The same drawing, moved.
    #[must_use]
    pub fn moved(mut self, by: Pt) -> Group {
        if let Some(clip) = &mut self.clip {
            clip.shift(by);
        }
        for item in &mut self.items {
            match item {
                Item::Group(group) => *group = std::mem::take(group).moved(by),
                Item::Path { path, .. } | Item::TextAlong { path, .. } => path.shift(by),
                Item::Copies { group, .. } => *group = std::mem::take(group).moved(by),
                Item::Text { at, .. } | Item::Image { at, .. } => {
                    *at = pt(at.x + by.x, at.y + by.y);
                }
            }
        }
        self
    }

    /// Draws a group above what is there.
    pub fn group(&mut self, group: Group) {
        self.items.push(Item::Group(group));
    }
}

impl Stroke {
    /// A solid, opaque line.
    pub fn solid(colour: Colour, width: f64) -> Stroke {
        Stroke { colour, opacity: 1.0, width, dashes: Vec::new(), round: true }
    }
}

impl Fill {
    /// An opaque fill.
    pub fn solid(colour: Colour) -> Fill {
        Fill { colour, opacity: 1.0 }
    }
}
