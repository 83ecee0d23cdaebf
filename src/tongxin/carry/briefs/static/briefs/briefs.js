// While writing: how long the whole text is. The server counts the same way and has the last word.
const form = document.querySelector("[data-brief-text]");
const shown = form?.querySelector("[data-brief-count]");
const parts = [...(form?.querySelectorAll("[name=situation], [name=analysis], [name=suggestion]") ?? [])];

function count() {
  const n = parts.reduce((sum, part) => sum + [...part.value.replace(/\s/gu, "")].length, 0);
  shown.querySelector("[data-n]").textContent = String(n);
  shown.classList.toggle("over", n > Number(form.dataset.limit));
  shown.hidden = false;
}

if (shown) {
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
