// The form beside the map.

function symbolOf(category, colourOnly) {
  const c = DATA.categories[category];
  const d = c.outline.length
    ? "M" + c.outline.map(([x, y]) => `${x} ${y}`).join("L") + "Z"
    : "M-1 0a1 1 0 1 1 2 0a1 1 0 1 1 -2 0Z";
  const svg = make("svg", { viewBox: "-1.6 -1.6 3.2 3.2", class: "symbol", "aria-hidden": "true" });
  for (const [theme, colour] of c.colours.entries()) {
    svg.append(make("path", {
      d, class: theme ? "on-dark" : "on-light", fill: c.open ? "none" : colour, stroke: colour, "stroke-width": c.open ? 0.5 : 0,
    }));
  }
  return svg;
}

/** A box to tick for each of several things; `of` tells which one an incident has. */
function boxes(holder, set, names, of, symbol) {
  const outputs = names.map((name, key) => {
    const present = sumOf(Array.from({ length: N }, (_, i) => i).filter((i) => of(i) === key));
    if (!present) return null;
    const input = make("input", { type: "checkbox", checked: true, "data-key": key });
    const number = make("output", {});
    input.addEventListener("change", () => {
      if (input.checked) set.add(key); else set.delete(key);
      choose();
    });
    holder.append(make("label", {}, input, symbol ? symbol(key) : null, words(name, 48), number));
    return number;
  });
  listeners.push(() => {
    const counts = names.map(() => 0);
    for (const i of chosen.shown) counts[of(i)] += count(i);
    outputs.forEach((output, key) => { if (output) output.textContent = grouped(counts[key]); });
  });
}

const sideKey = (key) => make("span", { class: `key ${["left", "right", "none"][key]}`, "aria-hidden": "true" });

function setUpFilters() {
  boxes($("by-category"), chosen.categories, DATA.categories.map((c) => c.label), (i) => I.category[i], symbolOf);
  boxes($("by-side"), chosen.sides, SIDES, (i) => I.side[i], sideKey);
  boxes($("by-precision"), chosen.precisions, PRECISIONS, precisionOf);

  const range = $("distance");
  range.max = STEPS.length;
  range.value = STEPS.length;
  const tellDistance = () => {
    const all = chosen.step >= STEPS.length;
    $("distance-words").textContent = all ? "any distance" : `${STEPS[chosen.step]} km`;
    range.setAttribute("aria-valuetext", $("distance-words").textContent);
  };
  range.addEventListener("input", () => { chosen.step = Number(range.value); choose(); });
  listeners.push(tellDistance);

  const [from, to] = [$("from"), $("to")];
  if (FIRST_DAY == null) from.closest("fieldset").hidden = true;
  else {
    for (const input of [from, to]) {
      input.min = isoDay(FIRST_DAY);
      input.max = isoDay(LAST_DAY);
      input.addEventListener("change", () => setPeriod(dayOf(from.value) ?? FIRST_DAY, dayOf(to.value) ?? LAST_DAY));
    }
    listeners.push(() => { from.value = isoDay(chosen.from); to.value = isoDay(chosen.to); });
  }

  const named = { provinces: "Provinces", districts: "Districts (near)", names: "Names of provinces", places: "Towns and crossings",
    discs: "How well places are known" };
  for (const [key, name] of Object.entries(named)) {
    const input = make("input", { type: "checkbox", checked: true, "data-layer": key });
    input.addEventListener("change", () => { layers[key] = input.checked; draw(); });
    $("layers").append(make("label", {}, input, name));
  }

  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(() => {
    chosen.categories = refill(chosen.categories, DATA.categories.length);
    chosen.sides = refill(chosen.sides, 3);
    chosen.precisions = refill(chosen.precisions, 6);
    for (const key of Object.keys(layers)) layers[key] = true;
    chosen.step = STEPS.length;
    range.value = STEPS.length;
    [chosen.from, chosen.to] = [FIRST_DAY, LAST_DAY];
    choose();
  }));

  listeners.push(() => {
    const shown = sumOf(chosen.shown);
    const side = (s) => sumOf(chosen.shown.filter((i) => I.side[i] === s));
    const line = $("count");
    line.replaceChildren();
    line.append(make("strong", { id: "shown" }, grouped(shown)), ` of ${plural(ALL, "incident", "incidents")} shown: `);
    line.append(`${grouped(side(0))} on the side of `, words(SIDES[0], 40), `, ${grouped(side(1))} on that of `, words(SIDES[1], 40), ".");
    const undated = I.day.some((day) => day == null);
    if (undated && !wholePeriod()) line.append(" Those without a date are left out while a period is chosen.");
  });
}

/** A set with all its keys again, the same set: others hold it. */
function refill(set, keys) {
  for (let key = 0; key < keys; key++) set.add(key);
  return set;
}
