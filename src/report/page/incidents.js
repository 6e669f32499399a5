// The incidents, column by column, and which of them are chosen.

const I = DATA.incidents;
const N = I.x.length;
// A column of one value is given once.
for (const [name, column] of Object.entries(I)) if (!Array.isArray(column)) I[name] = Array(N).fill(column.all);
const UNIT = DATA.map.unit; // kilometres of a step of the coordinates
const text = (column, i) => (I[column][i] == null ? "" : DATA.texts[I[column][i]]);
const count = (i) => (I.count ? I.count[i] : 1);
const ALL = sumOf(Array.from({ length: N }, (_, i) => i));
const PRECISIONS = ["the place itself", "about 25 km", "the district", "the province", "worse", "not stated"];
PRECISIONS[1] = `about ${DATA.near_km} km`;
const precisionOf = (i) => (I.precision[i] == null ? 5 : I.precision[i]);
const SIDES = [...DATA.line.sides, "on the line"];

function sumOf(list) {
  return list.reduce((sum, i) => sum + count(i), 0);
}

// Steps of the distance filter, kilometres; the last lets all through.
const FARTHEST = Math.max(1, ...I.distance) / 1000;
const STEPS = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 2000]
  .filter((step) => step < FARTHEST);

const days = I.day.filter((day) => day != null);
const FIRST_DAY = days.length ? days.reduce((a, b) => Math.min(a, b)) : null;
const LAST_DAY = days.length ? days.reduce((a, b) => Math.max(a, b)) : null;

const chosen = {
  categories: new Set(DATA.categories.map((_, i) => i)),
  sides: new Set([0, 1, 2]),
  precisions: new Set([0, 1, 2, 3, 4, 5]),
  step: STEPS.length,
  from: FIRST_DAY,
  to: LAST_DAY,
  shown: [], // numbers of the incidents that pass
  anyTime: [], // those that pass without regard to the period
  version: 0,
};
const listeners = [];

/** Works out anew what is chosen, and tells everybody. */
function choose() {
  const most = chosen.step < STEPS.length ? STEPS[chosen.step] * 1000 : Infinity;
  const whole = wholePeriod();
  chosen.anyTime = [];
  chosen.shown = [];
  for (let i = 0; i < N; i++) {
    if (!chosen.categories.has(I.category[i]) || !chosen.sides.has(I.side[i])) continue;
    if (I.distance[i] > most || !chosen.precisions.has(precisionOf(i))) continue;
    chosen.anyTime.push(i);
    const day = I.day[i];
    if (whole || (day != null && day >= chosen.from && day <= chosen.to)) chosen.shown.push(i);
  }
  chosen.version++;
  for (const listener of listeners) listener();
}

function wholePeriod() {
  return FIRST_DAY == null || (chosen.from <= FIRST_DAY && chosen.to >= LAST_DAY);
}

/** What is known of an incident, as pairs of a word and an element or text. */
function facts(i) {
  const rows = [];
  const add = (name, value) => { if (value !== "" && value != null) rows.push([name, value]); };
  if (I.count) add("Incidents", plural(count(i), "incident", "incidents"));
  add("Date", I.day[i] == null ? "not known" : I.count ? monthWords(monthOf(I.day[i])) : dayWords(I.day[i]));
  add("Category", words(text("word", i) || DATA.categories[I.category[i]].label, 80));
  add("Place", text("place", i) && words(text("place", i)));
  const areas = [text("district", i), text("province", i)].filter(Boolean).join(", ");
  add("District", areas && words(areas));
  add("Killed", toll(i));
  add("Place known to", PRECISIONS[precisionOf(i)]);
  let distance = km(I.distance[i]);
  if (I.low_m[i] != null && I.high_m[i] - I.low_m[i] > 100) {
    distance += ` (90 %: ${km(I.low_m[i])} to ${km(I.high_m[i])})`;
  }
  add("From the line", I.count ? I.zone[i] : distance);
  let side = SIDES[I.side[i]];
  if (I.called[i] === 2) side += ", not certain";
  add("Side", words(side));
  if (!I.count) add("Along the line", `km ${grouped(Math.round(I.chainage[i] / 1000))}`);
  add("Source", text("source", i) && words(text("source", i), 240));
  add("Record", I.id[i] && words(I.id[i], 60));
  return rows;
}

/** The toll: best estimate with its range; what is not known is said to be so. */
function toll(i) {
  const [low, best, high] = [I.low[i], I.best[i], I.high[i]];
  if (low == null && best == null && high == null) return "not known";
  const range = low != null && high != null && low !== high ? `${grouped(low)}–${grouped(high)}` : null;
  if (best != null) return range ? `${grouped(best)} (${range})` : grouped(best);
  if (range) return range;
  if (low != null) return `${high === low ? "" : "at least "}${grouped(low)}`;
  return `at most ${grouped(high)}`;
}

const monthWords = (month) => `${MONTHS[month % 12]} ${Math.floor(month / 12)}`;
const killed = (i) => I.best[i] ?? I.low[i];
