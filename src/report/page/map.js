// The map: a canvas over kilometres of an equal-area projection. A step in the
// data is UNIT kilometres; polylines are a first vertex and then differences.

const canvas = $("map");
const box = $("mapbox");
const pen = canvas.getContext("2d");

const COLOURS = {
  light: {
    outside: "#e9ebee", left: "#f7f4ec", right: "#f1f4ef", other: "#f4f4ee", district: "#d3cebf", province: "#8f8a7c",
    line: "#1b1b1b", casing: "rgba(255,255,255,.9)", ink: "#26282b", soft: "#5c6066", halo: "rgba(255,255,255,.85)",
    name: "#6f6a5e", page: "#ffffff",
  },
  dark: {
    outside: "#14171c", left: "#20242b", right: "#1d2427", other: "#1f242a", district: "#333944", province: "#6b7280",
    line: "#ffffff", casing: "rgba(0,0,0,.9)", ink: "#eceef0", soft: "#b3b8bf", halo: "rgba(20,23,28,.85)",
    name: "#a3a9b2", page: "#14171c",
  },
};

const view = { x: 0, y: 0, k: 1 }; // middle of the view in kilometres, pixels per kilometre
const layers = { districts: true, provinces: true, names: true, places: true, discs: true };
let size = { width: 0, height: 0 };
let marks = []; // what is drawn: one incident, or several that are too near each other
let marksOf = "";
let active = null; // the mark under the pointer, or stepped to
let pinned = false;
let queued = false;

function pathOf(lines, close) {
  const path = new Path2D();
  for (const line of lines) {
    let x = line[0] * UNIT, y = line[1] * UNIT;
    path.moveTo(x, y);
    for (let i = 2; i < line.length; i += 2) path.lineTo(x += line[i] * UNIT, y += line[i + 1] * UNIT);
    if (close) path.closePath();
  }
  return path;
}

const ground = {
  line: pathOf(DATA.map.line),
  lands: DATA.map.lands.map((rings) => pathOf(rings, true)),
  provinces: pathOf(DATA.map.provinces),
  outer: pathOf(DATA.map.outer),
  disputed: pathOf(DATA.map.disputed),
  districts: pathOf(DATA.map.districts),
};
const symbols = DATA.categories.map((category) => {
  const path = new Path2D();
  if (category.outline.length === 0) path.arc(0, 0, 1, 0, 7);
  category.outline.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
  return path;
});
const X = I.x.map((x) => x * UNIT);
const Y = I.y.map((y) => y * UNIT);

/** Shows a rectangle in kilometres, whole. */
function show(west, north, east, south, margin = 24) {
  const { width, height } = size;
  view.k = Math.min((width - 2 * margin) / Math.max(east - west, 1), (height - 2 * margin) / Math.max(south - north, 1));
  view.x = (west + east) / 2;
  view.y = (north + south) / 2;
  keepInside();
  draw();
}

function home() {
  const [west, north, east, south] = DATA.map.home;
  show(west, north, east, south);
}

const LEAST = () => 0.6 * Math.min(size.width / DATA.map.size[0], size.height / DATA.map.size[1]);
const MOST = 200;

function keepInside() {
  view.k = Math.min(MOST, Math.max(LEAST(), view.k));
  view.x = Math.min(DATA.map.size[0], Math.max(0, view.x));
  view.y = Math.min(DATA.map.size[1], Math.max(0, view.y));
}

/** Zooms by a factor round a place on the canvas, pixels. */
function zoom(by, at = [size.width / 2, size.height / 2]) {
  const [px, py] = [at[0] - size.width / 2, at[1] - size.height / 2];
  const before = view.k;
  const x = view.x + px / before, y = view.y + py / before;
  view.k = Math.min(MOST, Math.max(LEAST(), before * by));
  view.x = x - px / view.k;
  view.y = y - py / view.k;
  keepInside();
  draw();
}

function pan(dx, dy) {
  view.x -= dx / view.k;
  view.y -= dy / view.k;
  keepInside();
  draw();
}

const onScreen = (x, y) => [(x - view.x) * view.k + size.width / 2, (y - view.y) * view.k + size.height / 2];

/** Puts incidents that would cover each other into one mark. Marks stay as they
 *  are while the map moves; they change with the zoom, in steps of √2. */
function gather() {
  const level = Math.round(2 * Math.log2(view.k));
  const wanted = `${level} ${chosen.version}`;
  if (wanted === marksOf) return;
  marksOf = wanted;
  const cell = 22 / 2 ** (level / 2);
  const cells = new Map();
  for (const i of chosen.shown) {
    if (I.precision[i] === 4) continue; // worse than the province: nowhere to be drawn
    const key = Math.floor(X[i] / cell) * 1e6 + Math.floor(Y[i] / cell);
    const mark = cells.get(key);
    if (mark) mark.of.push(i);
    else cells.set(key, { of: [i] });
  }
  marks = [...cells.values()].map((mark) => placed(mark.of));
  for (let pass = 0; pass < 3; pass++) {
    const before = marks.length;
    marks = merged(marks, 2 ** (level / 2));
    if (marks.length === before) break;
  }
  // Small ones on top.
  marks.sort((a, b) => b.radius - a.radius);
  if (active) active = marks.find((mark) => mark.of.includes(active.of[0])) || null;
}

/** A mark for some incidents, in their middle. */
function placed(of) {
  const mark = { of, n: sumOf(of) };
  mark.x = of.reduce((sum, i) => sum + X[i], 0) / of.length;
  mark.y = of.reduce((sum, i) => sum + Y[i], 0) / of.length;
  mark.radius = of.length === 1 && !I.count ? symbolRadius(of[0]) : 7 + Math.min(13, 2.6 * Math.log2(mark.n));
  return mark;
}

/** Marks that overlap made one, the larger taking in the smaller. */
function merged(list, k) {
  const kept = [];
  const near = new Map(); // kept marks by cells as wide as two of the largest
  const wide = 44 / k;
  for (const mark of [...list].sort((a, b) => b.n - a.n || a.x - b.x || a.y - b.y)) {
    const [cx, cy] = [Math.floor(mark.x / wide), Math.floor(mark.y / wide)];
    let home = null;
    for (let dx = -1; dx <= 1 && !home; dx++) for (let dy = -1; dy <= 1 && !home; dy++) {
      home = near.get((cx + dx) * 1e6 + cy + dy)?.find((other) =>
        Math.hypot(other.x - mark.x, other.y - mark.y) * k < 0.9 * (other.radius + mark.radius));
    }
    if (home) {
      home.more = (home.more || []).concat(mark.of);
      continue;
    }
    kept.push(mark);
    const key = cx * 1e6 + cy;
    if (near.has(key)) near.get(key).push(mark); else near.set(key, [mark]);
  }
  return kept.map((mark) => (mark.more ? placed(mark.of.concat(mark.more)) : mark));
}

/** Area grows with the people killed. */
function symbolRadius(i) {
  return Math.min(15, Math.sqrt(22 + 1.1 * (killed(i) ?? 0)));
}

function draw() {
  if (!queued) {
    queued = true;
    requestAnimationFrame(() => { queued = false; paint(); });
  }
}

function paint() {
  const c = COLOURS[isDark() ? "dark" : "light"];
  const ratio = canvas.width / Math.max(1, size.width);
  const world = () => {
    const k = view.k * ratio;
    pen.setTransform(k, 0, 0, k, canvas.width / 2 - view.x * k, canvas.height / 2 - view.y * k);
  };
  const stroke = (path, colour, width, dashes = []) => {
    pen.setLineDash(dashes.map((dash) => dash / view.k));
    pen.strokeStyle = colour;
    pen.lineWidth = width / view.k;
    pen.stroke(path);
    pen.setLineDash([]);
  };
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = c.outside;
  pen.fillRect(0, 0, size.width, size.height);
  world();
  pen.lineJoin = pen.lineCap = "round";
  const [left, right, other] = ground.lands;
  pen.fillStyle = c.other;
  pen.fill(other, "evenodd");
  if (DATA.map.strip > 0) {
    pen.strokeStyle = c.right;
    pen.lineWidth = DATA.map.strip;
    pen.stroke(ground.line);
  }
  pen.fillStyle = c.right;
  pen.fill(right, "evenodd");
  pen.fillStyle = c.left;
  pen.fill(left, "evenodd");
  if (layers.districts && view.k > 1.1) stroke(ground.districts, c.district, 0.7);
  stroke(ground.outer, c.province, 0.9);
  if (layers.provinces) stroke(ground.provinces, c.province, 0.6);
  stroke(ground.disputed, c.province, 0.8, [4, 3]);
  const screen = () => pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  screen();
  gather();
  const seen = visible();
  const taken = seen.map((mark) => [mark.px - mark.radius, mark.py - mark.radius, mark.px + mark.radius, mark.py + mark.radius]);
  if (layers.discs) discs(seen);
  if (layers.names) provinceNames(c, taken);
  world();
  stroke(ground.line, c.casing, 5);
  stroke(ground.line, c.line, 2.2);
  screen();
  for (const mark of seen) paintMark(mark, c);
  if (layers.places) placeNames(c, taken);
  if (active && seen.includes(active)) ring(active, c);
  scaleBar();
}

/** Marks in view, with their place in pixels. */
function visible() {
  const seen = [];
  for (const mark of marks) {
    [mark.px, mark.py] = onScreen(mark.x, mark.y);
    if (mark.px > -20 && mark.py > -20 && mark.px < size.width + 20 && mark.py < size.height + 20) seen.push(mark);
  }
  return seen;
}

const colourOf = (i) => DATA.categories[I.category[i]].colours[isDark() ? 1 : 0];

/** Soft discs: an imprecise incident may lie anywhere in about that much ground.
 *  Places that share one get one disc; too many would hide the map. */
function discs(seen) {
  const soft = new Map();
  for (const mark of seen) {
    for (const i of mark.of) {
      if (I.radius[i] * view.k <= mark.radius) continue;
      const key = `${I.x[i]} ${I.y[i]} ${I.radius[i]}`;
      if (!soft.has(key) || mark === active) soft.set(key, [mark, i]);
    }
  }
  for (const [mark, i] of soft.values()) {
    if (soft.size > 60 && mark !== active) continue;
    const [x, y] = onScreen(X[i], Y[i]);
    const r = I.radius[i] * view.k;
    const strength = mark === active && mark.of.length < 20 ? 0.28 : 0.1 * Math.min(1, Math.sqrt(12 / soft.size));
    const shade = pen.createRadialGradient(x, y, 0, x, y, r);
    shade.addColorStop(0, colourOf(i) + hexOf(strength));
    shade.addColorStop(0.75, colourOf(i) + hexOf(strength * 0.6));
    shade.addColorStop(1, colourOf(i) + "00");
    pen.fillStyle = shade;
    pen.beginPath();
    pen.arc(x, y, r, 0, 7);
    pen.fill();
  }
}

const hexOf = (opacity) => Math.round(255 * opacity).toString(16).padStart(2, "0");

function paintMark(mark, c) {
  if (mark.of.length > 1 || I.count) return paintCount(mark, c);
  const i = mark.of[0];
  const colour = colourOf(i);
  const known = killed(i) != null && !DATA.categories[I.category[i]].open;
  pen.save();
  pen.translate(mark.px, mark.py);
  const scaled = (r, inside) => {
    pen.save();
    pen.scale(r, r);
    inside(r);
    pen.restore();
  };
  scaled(known ? mark.radius : mark.radius - 0.9, (r) => {
    const path = symbols[I.category[i]];
    // What is known only roughly is paler; an unknown toll is hollow.
    pen.globalAlpha = precisionOf(i) === 0 || precisionOf(i) === 5 ? 1 : 0.82;
    pen.fillStyle = known ? colour : c.page;
    pen.fill(path);
    pen.lineWidth = (known ? 1 : 1.8) / r;
    pen.strokeStyle = known ? c.page : colour;
    pen.lineJoin = "miter";
    pen.stroke(path);
  });
  pen.restore();
}

/** Several incidents: their number, in a ring shared out among the categories. */
function paintCount(mark, c) {
  const parts = new Map();
  for (const i of mark.of) parts.set(I.category[i], (parts.get(I.category[i]) || 0) + count(i));
  pen.beginPath();
  pen.arc(mark.px, mark.py, mark.radius, 0, 7);
  pen.fillStyle = c.page;
  pen.fill();
  let from = -Math.PI / 2;
  pen.lineWidth = 3;
  pen.lineCap = "butt";
  for (const [category, n] of [...parts].sort((a, b) => a[0] - b[0])) {
    const to = from + (2 * Math.PI * n) / mark.n;
    pen.strokeStyle = DATA.categories[category].colours[isDark() ? 1 : 0];
    pen.beginPath();
    pen.arc(mark.px, mark.py, mark.radius - 1.5, from, to);
    pen.stroke();
    from = to;
  }
  pen.lineCap = "round";
  pen.fillStyle = c.ink;
  pen.font = `600 ${mark.n > 999 ? 9 : 10}px system-ui, "Noto Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(grouped(mark.n), mark.px, mark.py + 0.5);
}

function ring(mark, c) {
  pen.beginPath();
  pen.arc(mark.px, mark.py, mark.radius + 4, 0, 7);
  pen.strokeStyle = c.ink;
  pen.lineWidth = 2;
  pen.stroke();
}

const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function letters(text, x, y, colour, c) {
  pen.strokeStyle = c.halo;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

function provinceNames(c, taken) {
  pen.font = `500 10px system-ui, "Noto Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const [name, x, y, room] of DATA.map.names) {
    // Letters of the Arabic script join: space would tear them apart.
    if ("letterSpacing" in pen) pen.letterSpacing = /[\u0600-\u06ff]/.test(name) ? "0px" : "1px";
    const [px, py] = onScreen(x * UNIT, y * UNIT);
    const written = name.toUpperCase();
    const width = pen.measureText(written).width;
    const area = [px - width / 2, py - 7, px + width / 2, py + 7];
    const inside = area[0] > 4 && area[1] > 4 && area[2] < size.width - 4 && area[3] < size.height - 4;
    if (!inside || width > 1.5 * room * view.k || taken.some((other) => overlaps(area, other))) continue;
    letters(written, px, py, c.name, c);
    taken.push(area);
  }
  if ("letterSpacing" in pen) pen.letterSpacing = "0px";
}

function placeNames(c, taken) {
  pen.textBaseline = "middle";
  for (const [name, kind, rank, x, y] of DATA.map.places) {
    if (rank > 1 && view.k < 0.35 * rank) continue;
    const [px, py] = onScreen(x * UNIT, y * UNIT);
    if (px < 0 || py < 0 || px > size.width || py > size.height) continue;
    pen.font = `${kind === 0 ? 700 : 400} 11px system-ui, "Noto Sans", sans-serif`;
    const width = pen.measureText(name).width;
    const spots = [[px + 7, "left"], [px - 7, "right"]];
    for (const [at, align] of spots) {
      const area = align === "left" ? [at - 10, py - 7, at + width, py + 7] : [at - width, py - 7, at + 10, py + 7];
      if (area[0] < 0 || area[2] > size.width || taken.some((other) => overlaps(area, other))) continue;
      pen.beginPath();
      if (kind === 0) pen.rect(px - 3, py - 3, 6, 6);
      else if (kind === 1) { pen.moveTo(px, py - 4); pen.lineTo(px + 4, py + 3); pen.lineTo(px - 4, py + 3); pen.closePath(); }
      else pen.arc(px, py, 3, 0, 7);
      pen.fillStyle = c.page;
      pen.fill();
      pen.strokeStyle = c.ink;
      pen.lineWidth = 1.2;
      pen.stroke();
      pen.textAlign = align;
      letters(name, at, py, c.ink, c);
      taken.push(area);
      break;
    }
  }
}

function scaleBar() {
  const most = Math.min(140, size.width / 4) / view.k;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((m) => m * power).find((m) => m <= most) || power;
  $("scale-bar").style.width = `${length * view.k}px`;
  $("scale-words").textContent = `${grouped(+length.toFixed(3))} km`;
}

/** Fits the canvas to its box. */
function fit() {
  const { clientWidth: width, clientHeight: height } = box;
  if (!width || !height) return;
  const first = size.width === 0;
  const ratio = Math.min(3, devicePixelRatio || 1);
  size = { width, height };
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  if (first) home();
  else draw();
}
