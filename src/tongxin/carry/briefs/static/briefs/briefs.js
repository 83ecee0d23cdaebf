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
