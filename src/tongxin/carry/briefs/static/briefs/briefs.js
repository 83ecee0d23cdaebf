// While writing: how long the whole text is, and what it has of what a brief needs. The server looks the same way and
// has the last word.
const form = document.querySelector("[data-brief-text]");
const shown = form?.querySelector("[data-brief-count]");
const parts = [...(form?.querySelectorAll("[name=situation], [name=analysis], [name=suggestion]") ?? [])];

function count() {
  const n = parts.reduce((sum, part) => sum + [...part.value.replace(/\s/gu, "")].length, 0);
  shown.querySelector("[data-n]").textContent = String(n);
  shown.classList.toggle("over", n > Number(form.dataset.limit));
  shown.hidden = false;
}

const points = [...document.querySelectorAll("[data-point]")];

function met(point, whole, n) {
  const { part, pattern, without } = point.dataset;
  if (part) return form.elements[part].value.trim() !== "";
  if (point.dataset.point === "length") return n <= Number(form.dataset.limit);
  return new RegExp(pattern, "u").test(whole) === (without === undefined);
}

function follow() {
  const texts = parts.map((part) => part.value);
  const n = texts.reduce((sum, text) => sum + [...text.replace(/\s/gu, "")].length, 0);
  const whole = [form.elements.title.value, ...texts].join("\n");
  for (const point of points) {
    const ok = met(point, whole, n);
    point.className = ok ? "ok" : n ? point.dataset.unmet : "open";
    const told = point.querySelector("[data-hint]");
    const counts = point.dataset.point === "length";
    if (told) told.hidden = ok || counts; // how many are too many was true of the text as it was sent
    const label = point.querySelector("[data-label]").firstChild;
    if (counts) label.nodeValue = label.nodeValue.replace(/\d+(?=\D*$)/u, String(n));
  }
}

if (shown) {
  form.addEventListener("input", follow);
  form.addEventListener("input", count);
  count();
}

// A part of a source is put behind what stands in the same part of the text; the typed text stays.
for (const button of document.querySelectorAll("[data-insert]")) {
  const part = form?.elements[button.dataset.insert];
  if (!part) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = button.parentElement.querySelector(".pre").textContent;
    part.value = part.value.trim() ? `${part.value.trimEnd()}\n${text}` : text;
    part.dispatchEvent(new Event("input", { bubbles: true }));
    part.focus();
  });
}
