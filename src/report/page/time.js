// Incidents by month, and the period that is dragged out over them.

const chart = $("time");
const HEIGHT = 96, BASE = 74, TOP = 10;
const FIRST = FIRST_DAY == null ? 0 : monthOf(FIRST_DAY);
const LAST = LAST_DAY == null ? 0 : monthOf(LAST_DAY);
const MONTH_COUNT = LAST - FIRST + 1;
let brush = null;

const perMonth = () => (chart.clientWidth || 600) / MONTH_COUNT;
const monthAt = (px) => Math.min(MONTH_COUNT - 1, Math.max(0, Math.floor(px / perMonth()))) + FIRST;

function paintTime() {
  if (FIRST_DAY == null) { $("time-figure").hidden = true; return; }
  const width = chart.clientWidth || 600;
  chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  chart.replaceChildren();
  const bins = Array.from({ length: MONTH_COUNT }, () => [0, 0]);
  for (const i of chosen.anyTime) if (I.day[i] != null && I.side[i] < 2) bins[monthOf(I.day[i]) - FIRST][I.side[i]] += count(i);
  const most = Math.max(1, ...bins.map(([a, b]) => a + b));
  const step = perMonth();
  const tall = (n) => ((BASE - TOP) * n) / most;
  chart.append(make("line", { x1: 0, x2: width, y1: TOP, y2: TOP, class: "rule" }));
  chart.append(make("text", { x: 0, y: TOP - 2, class: "tick" }, `${grouped(most)} in a month`));
  const bars = ["", ""];
  const gap = step > 3 ? 1 : 0;
  bins.forEach(([left, right], month) => {
    let y = BASE;
    [left, right].forEach((n, side) => {
      if (!n) return;
      const inside = isChosen(month + FIRST);
      const bar = `M${(month * step).toFixed(2)} ${y.toFixed(2)}h${Math.max(0.5, step - gap).toFixed(2)}v${(-tall(n)).toFixed(2)}h${(-Math.max(0.5, step - gap)).toFixed(2)}z`;
      y -= tall(n);
      bars[side] += inside ? bar : "";
      if (!inside) bars[2] = (bars[2] || "") + bar;
    });
  });
  chart.append(make("path", { d: bars[2] || "", class: "bar outside" }));
  chart.append(make("path", { d: bars[0], class: "bar left" }), make("path", { d: bars[1], class: "bar right" }));
  chart.append(make("line", { x1: 0, x2: width, y1: BASE, y2: BASE, class: "axis" }));
  yearTicks(width, step);
  if (!wholePeriod() && chosen.from <= chosen.to) {
    const x1 = (monthOf(chosen.from) - FIRST) * step, x2 = (monthOf(chosen.to) - FIRST + 1) * step;
    chart.append(make("rect", { x: x1, y: TOP, width: Math.max(1, x2 - x1), height: BASE - TOP, class: "brush" }));
  }
  const words = wholePeriod() ? `${dayWords(FIRST_DAY)} to ${dayWords(LAST_DAY)}` : `${dayWords(chosen.from)} to ${dayWords(chosen.to)}`;
  $("period").textContent = words;
  $("period-all").hidden = wholePeriod();
  chart.setAttribute("aria-label", `Incidents by month on either side, at most ${most} in a month; chosen: ${words}`);
}

const isChosen = (month) => wholePeriod() || (month >= monthOf(chosen.from) && month <= monthOf(chosen.to));

function yearTicks(width, step) {
  const [from, to] = [Math.ceil(FIRST / 12), Math.floor(LAST / 12)];
  const every = [1, 2, 5, 10, 20].find((n) => n * 12 * step > 42) || 50;
  for (let year = from; year <= to; year++) {
    const x = (year * 12 - FIRST) * step;
    if (year % every) continue;
    chart.append(make("line", { x1: x, x2: x, y1: BASE, y2: BASE + 4, class: "axis" }));
    if (x < width - 30) chart.append(make("text", { x: x + 2, y: BASE + 14, class: "tick" }, String(year)));
  }
  if (from > to) chart.append(make("text", { x: 0, y: BASE + 14, class: "tick" }, monthWords(FIRST)));
}

function setPeriod(from, to) {
  [chosen.from, chosen.to] = from <= to ? [from, to] : [to, from];
  chosen.from = Math.max(FIRST_DAY, chosen.from);
  chosen.to = Math.min(LAST_DAY, chosen.to);
  choose();
}

chart.addEventListener("pointerdown", (event) => {
  brush = monthAt(event.clientX - chart.getBoundingClientRect().left);
  if (event.isTrusted) chart.setPointerCapture(event.pointerId);
  event.preventDefault();
});
chart.addEventListener("pointermove", (event) => {
  if (brush == null) return;
  const month = monthAt(event.clientX - chart.getBoundingClientRect().left);
  setPeriod(monthStart(Math.min(brush, month)), monthStart(Math.max(brush, month) + 1) - 1);
});
for (const name of ["pointerup", "pointercancel"]) chart.addEventListener(name, () => { brush = null; });
$("period-all").addEventListener("click", () => setPeriod(FIRST_DAY, LAST_DAY));
