// Everything together.

$("explore").hidden = false;
$("line-name").textContent = DATA.line.name;
$("undrawn").hidden = !I.precision.includes(4);
setUpFilters();
setUpTables();
listeners.push(() => { if (active && !marks.includes(active)) active = null; draw(); paintTime(); });
listeners.push(() => {
  if (card.hidden) return;
  // A record of what is no longer shown would contradict the counts.
  gather();
  if (!active) tell(null);
});
new ResizeObserver(() => { fit(); paintTime(); }).observe(box);
darkQuery.addEventListener("change", () => { draw(); });
// What is closed on the screen is printed all the same, and closed again.
let opened = [];
addEventListener("beforeprint", () => {
  printing = true;
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
  for (const table of printed) table();
  paint();
});
addEventListener("afterprint", () => {
  printing = false;
  for (const details of opened) details.open = false;
  opened = [];
  for (const table of printed) table();
  paint();
});
fit();
choose();
