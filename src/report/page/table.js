// Tables that can be sorted, filtered and saved.

const ROWS_A_PAGE = 25;
// Paper has no pages to turn: so many rows are printed, and what is left out is told.
const ROWS_PRINTED = 200;
// Letters of a cell: names of incidents, and whole sentences elsewhere.
const LETTERS = 120, LETTERS_OF_SENTENCES = 320;

/** Paints every table anew, before and after printing. */
const printed = [];

/** A table with columns of {key, heading, right}; `rows()` gives lists of cells,
 *  each a value or [value, what is shown]. */
function table(holder, name, columns, rows, onRow) {
  let sort = null, from = 0, asked = "";
  const cellValue = (cell) => (Array.isArray(cell) ? cell[0] : cell);
  const cellShown = (cell) => (Array.isArray(cell) ? cell[1] : cell == null ? "n/a" : String(cell));
  const visible = columns.map((c, i) => ({ ...c, i })).filter((c) => c.heading);

  const search = make("input", { type: "search", id: `${name}-search`, placeholder: "e.g. a district" });
  const download = make("button", { type: "button" }, "Download CSV");
  const tally = make("output", { "aria-live": "polite" });
  const body = make("tbody", {});
  const head = make("tr", {});
  const pager = make("div", { class: "pager", role: "group", "aria-label": "Pages" });
  const earlier = make("button", { type: "button" }, "‹ Earlier rows"), later = make("button", { type: "button" }, "Further rows ›");
  pager.append(earlier, later);
  const headers = visible.map((column) => {
    const button = make("button", { type: "button" }, column.heading);
    const th = make("th", { scope: "col", class: column.right ? "right" : null }, button);
    button.addEventListener("click", () => {
      const down = sort?.i === column.i ? -sort.by : column.right ? -1 : 1;
      sort = { i: column.i, by: down };
      from = 0;
      paint();
    });
    head.append(th);
    return th;
  });
  const scroller = make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": `Table: ${holder.dataset.title}` });
  scroller.append(make("table", { id: `${name}-table` }, make("thead", {}, head), body));
  holder.append(make("div", { class: "tools" }, make("label", { for: `${name}-search` }, "Rows with "), search, tally, download), scroller, pager);

  const compare = (a, b) => {
    const [x, y] = [cellValue(a), cellValue(b)];
    // What is not known comes last, whichever way.
    if (x == null || y == null) return x == null && y == null ? 0 : x == null ? Infinity : -Infinity;
    if (typeof x === "number" && typeof y === "number") return x - y;
    return String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
  };

  function found() {
    let list = rows();
    if (asked) {
      const wanted = asked.toLowerCase();
      list = list.filter((row) => visible.some((c) => cellShown(row[c.i]).toLowerCase().includes(wanted)));
    }
    if (sort) {
      list = [...list].sort((a, b) => {
        const order = compare(a[sort.i], b[sort.i]);
        return Number.isFinite(order) ? sort.by * order : order === Infinity ? 1 : -1;
      });
    }
    return list;
  }

  function paint() {
    const list = found(), most = printing ? ROWS_PRINTED : ROWS_A_PAGE;
    if (!printing) from = Math.min(from, Math.max(0, Math.floor((list.length - 1) / ROWS_A_PAGE) * ROWS_A_PAGE));
    const first = printing ? 0 : from;
    const shown = list.slice(first, first + most);
    body.replaceChildren(...shown.map((row) => {
      const tr = make("tr", {});
      for (const c of visible) {
        const td = make("td", { class: c.right ? "right" : null });
        if (onRow && c === visible[0]) {
          const button = make("button", { type: "button", class: "link", "aria-label": "Show on the map" });
          button.append(words(cellShown(row[c.i]), 60));
          button.addEventListener("click", () => onRow(row));
          td.append(button);
        } else td.append(words(cellShown(row[c.i]), onRow ? LETTERS : LETTERS_OF_SENTENCES));
        tr.append(td);
      }
      return tr;
    }));
    headers.forEach((th, k) => {
      if (sort && visible[k].i === sort.i) th.setAttribute("aria-sort", sort.by > 0 ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    });
    const last = first + shown.length;
    tally.textContent = list.length > most
      ? `rows ${grouped(first + 1)} to ${grouped(last)} of ${grouped(list.length)}${printing ? "; the others are not printed" : ""}`
      : plural(list.length, "row", "rows");
    pager.hidden = list.length <= ROWS_A_PAGE;
    earlier.disabled = from === 0;
    later.disabled = last >= list.length;
  }

  search.addEventListener("input", () => { asked = search.value.trim(); from = 0; paint(); });
  earlier.addEventListener("click", () => { from -= ROWS_A_PAGE; paint(); });
  later.addEventListener("click", () => { from += ROWS_A_PAGE; paint(); });
  download.addEventListener("click", () => save(`${name}.csv`, csv()));
  function csv() {
    const lines = [columns.map((c) => csvCell(c.key)).join(",")];
    for (const row of found()) lines.push(columns.map((_, i) => csvCell(cellValue(row[i]))).join(","));
    return lines.join("\n") + "\n";
  }
  paint();
  printed.push(paint);
  return { paint: () => { from = 0; paint(); }, csv };
}

/** The table of the incidents that are chosen. */
function incidentColumns() {
  const grouping = I.count
    ? [{ key: "incidents", heading: "Incidents", right: true }, { key: "month", heading: "Month" }]
    : [{ key: "id", heading: I.id.some(Boolean) ? "Record" : "" }, { key: "date", heading: "Date" }];
  return [...grouping,
    { key: "category", heading: "Category" }, { key: "place", heading: I.count ? "" : "Place" },
    { key: "district", heading: "District" }, { key: "province", heading: "Province" },
    { key: "killed_low", heading: "" }, { key: "killed_best", heading: "Killed", right: true }, { key: "killed_high", heading: "" },
    { key: "precision", heading: "Place known to" },
    { key: "distance_m", heading: "From the line", right: true }, { key: "distance_low_m", heading: "" }, { key: "distance_high_m", heading: "" },
    { key: "side", heading: "Side" }, { key: "chainage_m", heading: "" },
    { key: "lon", heading: "" }, { key: "lat", heading: "" }, { key: "source", heading: I.count ? "" : "Source" }];
}

function incidentRow(i) {
  const day = I.day[i];
  const first = I.count
    ? [count(i), [day == null ? null : isoDay(day).slice(0, 7), day == null ? "n/a" : monthWords(monthOf(day))]]
    : [[I.id[i] || null, I.id[i] || `row ${i + 1}`], [day == null ? null : isoDay(day), day == null ? "n/a" : isoDay(day)]];
  const row = [...first,
    text("word", i) || DATA.categories[I.category[i]].label, [text("place", i), text("place", i)], [text("district", i), text("district", i)],
    [text("province", i), text("province", i)],
    I.low[i], [I.best[i], toll(i) === "not known" ? "n/a" : toll(i)], I.high[i],
    PRECISIONS[precisionOf(i)], [I.distance[i], I.count ? I.zone[i] : km(I.distance[i])], I.low_m[i], I.high_m[i],
    SIDES[I.side[i]], I.chainage[i], I.lon[i], I.lat[i], [text("source", i), text("source", i)]];
  row.number = i;
  return row;
}

function setUpTables() {
  for (const holder of document.querySelectorAll("[data-table]")) {
    const name = holder.dataset.table;
    if (name === "incidents") {
      const rowOf = []; // a row is made when it is first asked for
      const rows = () => chosen.shown.map((i) => (rowOf[i] ??= incidentRow(i)));
      const made = table(holder, name, incidentColumns(), rows, (row) => goTo(row.number));
      listeners.push(made.paint);
    } else {
      const { columns, rows } = DATA.tables[name];
      table(holder, name, columns, () => rows);
    }
  }
}
