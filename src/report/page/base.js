// Small helpers. Text from data reaches the page through textContent only.

const $ = (id) => document.getElementById(id);


/** An element with attributes and children; strings become text. */
function make(name, attributes, ...children) {
  const svg = ["svg", "rect", "line", "text", "path", "g", "title"].includes(name);
  const element = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  for (const child of children) if (child != null) element.append(child);
  return element;
}

/** Words from data: kept apart from the direction of what stands round them, and short. */
function words(text, most = 160) {
  const signs = Array.from(String(text));
  const cut = signs.length > most;
  // Only what holds a very long word may be broken anywhere.
  const kind = /\S{25}/.test(text) ? "long" : /^\d{4}-\d\d-\d\d$/.test(text) ? "day" : null;
  const element = make("bdi", { class: kind });
  element.textContent = cut ? signs.slice(0, most - 1).join("") + "…" : text;
  return element;
}

const grouped = (n) => {
  const [whole, rest] = String(n).split(".");
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (rest ? "." + rest : "");
};
const plural = (n, one, many) => `${grouped(n)} ${n === 1 ? one : many}`;
const km = (metres) => (metres < 9950 ? (metres / 1000).toFixed(1) : grouped(Math.round(metres / 1000))) + " km";

// Days since 1970, without the reader's time zone.
const isoDay = (day) => new Date(day * 864e5).toISOString().slice(0, 10);
const dayOf = (iso) => (/^\d{4}-\d\d-\d\d$/.test(iso) ? Math.round(Date.parse(iso + "T00:00:00Z") / 864e5) : null);
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
  "October", "November", "December"];
const dayWords = (day) => {
  const d = new Date(day * 864e5);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
};
const monthOf = (day) => {
  const d = new Date(day * 864e5);
  return d.getUTCFullYear() * 12 + d.getUTCMonth();
};
const monthStart = (month) => Math.round(Date.UTC(Math.floor(month / 12), month % 12, 1) / 864e5);

const DATA = JSON.parse($("data").textContent);
const darkQuery = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => darkQuery.matches && !printing;
let printing = false;

/** Saves a text as a file of the reader's. */
function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A cell of CSV. What a spreadsheet would run as a formula gets an apostrophe. */
function csvCell(value) {
  if (value == null) return "";
  if (typeof value === "number") return String(value);
  let text = String(value);
  const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
  if (/^[=+\-@\t\r\0]/.test(text) && !number) text = "'" + text;
  return /[",\n\r]|^ | $/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}
