// What the pointer, the fingers and the keys do to the map, and the record.

const card = $("card");

function markAt(px, py) {
  let best = null, least = Infinity;
  for (const mark of marks) {
    const [x, y] = onScreen(mark.x, mark.y);
    const off = Math.hypot(x - px, y - py) - mark.radius;
    if (off < Math.min(least, 6)) [best, least] = [mark, off];
  }
  return best;
}

/** Shows the record of a mark: one incident, or a list to choose from. */
function tell(mark, only) {
  active = mark;
  const record = $("record");
  record.replaceChildren();
  card.hidden = !mark;
  draw();
  if (!mark) { pinned = false; return; }
  const single = only ?? (mark.of.length === 1 ? mark.of[0] : null);
  if (single != null) {
    if (mark.of.length > 1) {
      const back = make("button", { type: "button", class: "link" }, `‹ all ${mark.of.length} here`);
      back.addEventListener("click", () => { tell(mark); $("record").querySelector("button")?.focus(); });
      record.append(back);
    }
    record.append(recordOf(single));
    return;
  }
  record.append(make("p", { class: "many" }, `${plural(mark.n, "incident", "incidents")} here`));
  const list = make("ul", {});
  const order = [...mark.of].sort((a, b) => (I.day[b] ?? -1e9) - (I.day[a] ?? -1e9));
  for (const i of order.slice(0, 40)) {
    const name = text("place", i) || text("district", i) || DATA.categories[I.category[i]].label;
    const button = make("button", { type: "button", class: "link" },
      I.day[i] == null ? "no date" : isoDay(I.day[i]), " ", words(name, 48));
    button.addEventListener("click", () => { pinned = true; tell(mark, i); });
    list.append(make("li", {}, button));
  }
  if (order.length > 40) list.append(make("li", {}, `and ${grouped(order.length - 40)} more: zoom in, or see the table`));
  record.append(list);
}

function recordOf(i) {
  const list = make("dl", {});
  for (const [name, value] of facts(i)) list.append(make("dt", {}, name), make("dd", {}, value));
  return list;
}

/** Brings an incident into the middle and shows its record. */
function goTo(i) {
  view.x = X[i];
  view.y = Y[i];
  view.k = Math.max(view.k, 4);
  keepInside();
  gather();
  pinned = true;
  // One that is nowhere to be drawn has a record all the same.
  tell(marks.find((mark) => mark.of.includes(i)) || { ...placed([i]), radius: 0 }, i);
  box.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Pointers: one moves the map, two zoom it.
const pointers = new Map();
let moved = 0;
const place = (event) => {
  const rect = canvas.getBoundingClientRect();
  return [event.clientX - rect.left, event.clientY - rect.top];
};

canvas.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, place(event));
  if (pointers.size === 1) moved = 0;
  if (canvas.setPointerCapture && event.isTrusted) canvas.setPointerCapture(event.pointerId);
});

canvas.addEventListener("pointermove", (event) => {
  const at = place(event);
  const before = pointers.get(event.pointerId);
  if (!before) {
    if (pinned || event.pointerType === "touch") return;
    const mark = markAt(...at);
    canvas.style.cursor = mark ? "pointer" : "";
    if (mark !== active) tell(mark);
    return;
  }
  if (pointers.size === 2) {
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    const span = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
    zoom(span(at) / Math.max(1, span(before)), [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
  } else {
    pan(at[0] - before[0], at[1] - before[1]);
  }
  moved += Math.hypot(at[0] - before[0], at[1] - before[1]);
  pointers.set(event.pointerId, at);
});

for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, (event) => {
    const was = pointers.delete(event.pointerId);
    if (!was || name !== "pointerup" || moved > 6 || pointers.size) return;
    const mark = markAt(...place(event));
    pinned = !!mark;
    tell(mark);
  });
}

canvas.addEventListener("pointerleave", () => { if (!pinned && !pointers.size) tell(null); });

// The page scrolls with the wheel alone; two fingers on a pad come as Ctrl.
let hinting = 0;
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey && document.fullscreenElement !== box) {
    $("wheel-hint").hidden = false;
    clearTimeout(hinting);
    hinting = setTimeout(() => { $("wheel-hint").hidden = true; }, 1200);
    return;
  }
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 20 : 1;
  zoom(Math.exp(-Math.max(-90, Math.min(90, event.deltaY * lines)) / 180), place(event));
}, { passive: false });

canvas.addEventListener("keydown", (event) => {
  const step = 60;
  const keys = {
    ArrowLeft: () => pan(step, 0), ArrowRight: () => pan(-step, 0),
    ArrowUp: () => pan(0, step), ArrowDown: () => pan(0, -step),
    "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": home,
    n: () => stepBy(1), p: () => stepBy(-1),
    Escape: () => tell(null),
  };
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

/** The next mark in view, from west to east. */
function stepBy(by) {
  gather();
  const seen = visible().filter((m) => m.px >= 0 && m.py >= 0 && m.px <= size.width && m.py <= size.height);
  if (!seen.length) return;
  seen.sort((a, b) => a.px - b.px || a.py - b.py);
  const at = seen.indexOf(active);
  pinned = true;
  tell(seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : (at + by + seen.length) % seen.length]);
}

$("zoom-in").addEventListener("click", () => zoom(1.5));
$("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
$("zoom-home").addEventListener("click", home);
$("card-close").addEventListener("click", () => { tell(null); canvas.focus(); });
