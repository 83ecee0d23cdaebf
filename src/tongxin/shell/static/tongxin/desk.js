// What signed-in people use besides: single keys (which can be switched off) and choosing several rows.
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const KEY = "tongxin.keys";
const keysOn = () => { try { return localStorage.getItem(KEY) !== "off"; } catch { return true; } };

function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable],dialog[open]");
}
function links() {
  const list = document.activeElement?.closest?.("[data-keys]") || document.querySelector("[data-keys]");
  const all = $$("[data-keys]").filter((l) => l === list || !list.dataset.keys);
  return all.flatMap((l) => $$("a[data-key],a.row-title,li>a:first-child", l));
}
function step(by) {
  const all = links();
  if (!all.length) return;
  const focused = all.findIndex((a) => a === document.activeElement);
  const current = focused >= 0 ? focused : all.findIndex((a) => a.hasAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, current + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (next.closest("[data-keys]").dataset.keys === "follow" && !next.hasAttribute("aria-current")) next.click();
}
// Digits press what can be done with the open record: 1 the first act, 2 the second …
function acts() {
  const buttons = $$("[data-acts] a.btn, [data-acts] button").slice(0, 9);
  return Object.fromEntries(buttons.map((button, n) => [String(n + 1), () => button.click()]));
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.method === "post") {
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysOn() || typing(event.target)) return;
  const act = {
    "/": () => (document.querySelector("#find")?.offsetParent ? document.querySelector("#find").select() : (location.href = document.querySelector("form.find").action)),
    j: () => step(1),
    k: () => step(-1),
    ...acts(),
    x: () => document.activeElement?.closest?.("li,tr")?.querySelector("input[type=checkbox]")?.click(),
    "?": () => document.querySelector("#keyboard")?.showModal(),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
function showKeys() {
  for (const hint of $$("[data-keys-hint]")) hint.hidden = !keysOn();
  for (const box of $$("[data-keys-switch]")) box.checked = keysOn();
}
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-keys-switch]")) {
    try { localStorage.setItem(KEY, box.checked ? "on" : "off"); } catch { /* forbidden: the switch holds for nothing */ }
    showKeys();
  }
  if (box.matches("[data-all]")) {
    for (const row of $$(`input[type=checkbox][name="${box.dataset.all}"]`)) row.checked = box.checked;
  }
  if (box.matches("input[type=checkbox]")) showChosen();
});
// A range with the shift key, as in every mail program.
let last = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("input[type=checkbox][name]")) return;
  const rows = $$(`input[type=checkbox][name="${box.name}"]`);
  if (event.shiftKey && last && rows.includes(last)) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
    for (const row of rows.slice(from, to + 1)) row.checked = box.checked;
  }
  last = box;
});
// [data-batch="name"] is shown while something is ticked; [data-chosen="name"] tells how many.
function showChosen() {
  for (const bar of $$("[data-batch]")) {
    const rows = $$(`input[type=checkbox][name="${bar.dataset.batch}"]`);
    const chosen = rows.filter((row) => row.checked).length;
    bar.hidden = !chosen;
    for (const place of $$(`[data-chosen="${bar.dataset.batch}"]`)) place.textContent = chosen;
    for (const all of $$(`[data-all="${bar.dataset.batch}"]`)) {
      all.checked = chosen > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
    }
  }
}
function ready() { showKeys(); showChosen(); }
ready();
document.addEventListener("htmx:load", ready);
addEventListener("pageshow", ready);
