// What every page may use. All of it is extra: each page works without it.
// Marks in the HTML: data-keep, data-kept-done, data-count, data-preview, data-shrink, data-copy, data-print,
// data-dialog, data-again (a form that may be sent repeatedly), data-go (a choice that sends its form),
// data-unkept (a field with personal data, which stays on no device), data-forget (a form that ends what is kept).
const say = document.documentElement.dataset;
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// ---- A form is sent once: double taps on a slow line make one request.
const sent = new Map();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sending) return event.preventDefault();
  form.dataset.sending = "1";
  setTimeout(() => { // after the browser has read the form, else the pressed button's value is lost
    const buttons = [...form.elements].filter((e) => e.type === "submit" && !e.disabled);
    sent.set(form, buttons);
    for (const button of buttons) button.disabled = true;
    for (const bar of $$("progress.busy", form)) bar.hidden = false; // what takes long says that it is at work
    const pressed = event.submitter?.matches("button.btn") ? event.submitter : null;
    if (pressed) {
      pressed.dataset.words = pressed.innerHTML;
      pressed.setAttribute("aria-busy", "true");
      pressed.textContent = pressed.dataset.sending || say.sending;
    }
  });
});
addEventListener("pageshow", () => {
  for (const [form, buttons] of sent) {
    delete form.dataset.sending;
    for (const button of buttons) {
      button.disabled = false;
      if (button.dataset.words) {
        button.innerHTML = button.dataset.words;
        button.removeAttribute("aria-busy");
      }
    }
  }
  sent.clear();
});

// ---- What was typed and not yet taken in is kept on this device for a day.
const DAY = 24 * 3600 * 1000;
const draftName = (key) => `tongxin.draft.${key}`;
const keepable = (form) => [...form.elements].filter((e) => e.name && !e.disabled
  && !["hidden", "password", "file", "submit", "button"].includes(e.type) && !("unkept" in e.dataset));
const isPick = (e) => e.type === "checkbox" || e.type === "radio";
const drafts = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(draftName(key))); } catch { return null; }
  },
  write(key, draft) {
    try { localStorage.setItem(draftName(key), JSON.stringify(draft)); } catch { /* full or forbidden: nothing to do */ }
  },
  drop(key) {
    try { localStorage.removeItem(draftName(key)); } catch { /* forbidden */ }
  },
  keys() {
    try { return Object.keys(localStorage).filter((k) => k.startsWith(draftName(""))).map((k) => k.slice(14)); } catch { return []; }
  },
};
function remember(form, changes = {}) {
  const fields = keepable(form).map((e) => [e.name, e.value, isPick(e) ? e.checked : null]);
  const written = keepable(form).some((e) => !isPick(e) && e.tagName !== "SELECT" && e.value.trim() && e.value !== e.defaultValue);
  if (written || changes.sent) drafts.write(form.dataset.keep, { at: Date.now(), fields, ...changes });
  else drafts.drop(form.dataset.keep);
}
function restore(form) {
  const draft = drafts.read(form.dataset.keep);
  const untouched = keepable(form).every((e) => isPick(e) ? e.checked === e.defaultChecked : e.tagName === "SELECT" || e.value === e.defaultValue);
  const fresh = !form.querySelector("[aria-invalid=true]");
  if (!draft || !untouched || !fresh) return;
  let changed = false;
  for (const [name, value, checked] of draft.fields) {
    for (const e of keepable(form).filter((f) => f.name === name && (checked === null || f.value === value))) {
      if (checked === null ? e.value !== value : e.checked !== checked) changed = true;
      if (checked === null) e.value = value; else e.checked = checked;
    }
  }
  if (!changed) return;
  const note = document.createElement("div");
  note.className = "notice indigo restored";
  note.setAttribute("role", "status");
  const discard = Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: say.discard });
  note.append(Object.assign(document.createElement("div"), { textContent: say.restored }), discard);
  discard.addEventListener("click", () => { form.reset(); drafts.drop(form.dataset.keep); note.remove(); countAll(form); });
  form.prepend(note);
}
function keepForms(root) {
  for (const form of $$("form[data-keep]", root)) {
    if (form.dataset.kept) continue;
    form.dataset.kept = "1";
    restore(form);
    let timer;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(remember, 300, form); });
    form.addEventListener("submit", () => { clearTimeout(timer); remember(form, { sent: Date.now() }); });
  }
}
for (const done of $$("[data-kept-done]")) drafts.drop(done.dataset.keptDone);
document.addEventListener("submit", (event) => {
  if ("forget" in event.target.dataset) drafts.keys().forEach(drafts.drop); // the next person at this computer
});
for (const key of drafts.keys()) {
  const draft = drafts.read(key);
  if (!draft || Date.now() - draft.at > DAY || (draft.sent && document.querySelector("[data-done]"))) drafts.drop(key);
}

// ---- How many characters are left.
function count(area) {
  const place = document.querySelector(`[data-counter-of="${area.id}"]`);
  if (!place) return;
  const limit = Number(area.maxLength > 0 ? area.maxLength : area.dataset.count);
  place.hidden = false;
  const length = [...area.value].length; // characters as people count them: 𠮷 is one
  place.textContent = limit > 0 ? `${length} / ${limit}` : `${length}`;
  place.classList.toggle("over", limit > 0 && length > limit);
}
const countAll = (root) => $$("[data-count]", root).forEach(count);

// ---- Pictures are shown before they are sent, and made smaller: a weak line and our limit both ask for it.
const LARGE_FILE = 700 * 1024;
async function shrunk(file, side) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < LARGE_FILE) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
  } catch { return file; }
}
function setFiles(input, files) {
  const transfer = new DataTransfer();
  files.forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
}
function showPictures(input) {
  const place = document.querySelector(input.dataset.preview);
  if (!place) return;
  $$(`[data-of="${input.id}"]`, place).forEach((e) => { URL.revokeObjectURL(e.querySelector("img")?.src); e.remove(); });
  [...input.files].forEach((file, index) => {
    const figure = document.createElement("figure");
    figure.className = "preview";
    figure.dataset.of = input.id;
    const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
    const remove = Object.assign(document.createElement("button"), { type: "button", innerHTML: "<span aria-hidden='true'>×</span>" });
    remove.setAttribute("aria-label", `${say.remove} ${file.name}`);
    remove.addEventListener("click", () => { keepFiles(input, [...input.files].filter((_, i) => i !== index)); input.focus(); });
    const size = file.size > 1e6 ? `${(file.size / 1e6).toFixed(1)} MB` : `${Math.ceil(file.size / 1e3)} KB`;
    figure.append(picture, remove, Object.assign(document.createElement("figcaption"), { textContent: size }));
    place.append(figure);
  });
}
// A browser forgets the files of before when others are picked: what was picked in several goes is kept here. A camera
// gives one picture at a time; it goes to those chosen beside it.
const picked = new WeakMap();
function keepFiles(input, files) { picked.set(input, files); setFiles(input, files); showPictures(input); }
async function addFiles(input) {
  const fresh = [...input.files];
  const into = input.multiple ? input : input.form?.querySelector(`input[type=file][multiple][name="${input.name}"]`) ?? input;
  if (into !== input) setFiles(input, []);
  const all = [...(into.multiple && picked.get(into) || []), ...fresh];
  picked.set(into, all);
  setFiles(into, all); // none is lost when the form is sent at once; what is shown is ready
  const side = Number(input.dataset.shrink);
  const small = side ? await Promise.all(fresh.map((file) => shrunk(file, side))) : fresh;
  keepFiles(into, (picked.get(into) ?? []).map((file) => small[fresh.indexOf(file)] ?? file));
}
document.addEventListener("reset", (event) => setTimeout(() => $$("input[type=file][data-preview]", event.target).forEach((input) => keepFiles(input, []))));
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[type=file][data-preview]")) addFiles(input);
  if (input.matches("[data-go]")) input.form.requestSubmit();
});
document.addEventListener("input", (event) => { if (event.target.matches("[data-count]")) count(event.target); });

// ---- Small acts.
async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
  document.body.append(area); // offices serve plain http in their own network, where the clipboard API is missing
  area.select();
  document.execCommand("copy");
  area.remove();
}
document.addEventListener("click", async (event) => {
  const act = event.target.closest?.("[data-copy],[data-print],[data-dialog],[data-back]");
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (!act) return;
  if ("print" in act.dataset) print();
  if ("back" in act.dataset && history.length > 1) { event.preventDefault(); history.back(); } // to what was typed
  if (act.dataset.dialog) document.querySelector(act.dataset.dialog)?.showModal();
  if ("copy" in act.dataset) {
    const source = /^[#.]/.test(act.dataset.copy) ? document.querySelector(act.dataset.copy) : null;
    await copy(source ? source.value ?? source.innerText : act.dataset.copy);
    const words = act.innerHTML;
    act.textContent = say.copied;
    setTimeout(() => { act.innerHTML = words; }, 1600);
  }
});
// A chip that is pressed again is let go, where nothing need be chosen.
let wasChecked = null;
document.addEventListener("pointerdown", (event) => {
  const radio = event.target.closest?.(".pick-chips .pick")?.querySelector("input[type=radio]:not([required])");
  wasChecked = radio?.checked ? radio : null;
});
document.addEventListener("click", (event) => {
  if (event.target !== wasChecked) return;
  wasChecked.checked = false;
  wasChecked.dispatchEvent(new Event("input", { bubbles: true }));
  wasChecked = null;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  if (location.hash === "#nav") location.hash = "#content";
});
// Large text without leaving a page on which something is being written.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("large" in form.dataset)) return;
  event.preventDefault();
  const large = document.documentElement.classList.toggle("large");
  fetch(form.action, { method: "POST", body: new URLSearchParams([...new FormData(form), ["on", large ? "1" : "0"]]), redirect: "manual" });
  for (const button of $$("form[data-large] button")) {
    button.querySelector("span").textContent = large ? button.dataset.on : button.dataset.off;
    button.value = large ? "0" : "1";
  }
}, true);

function dress(root) { keepForms(root); countAll(root); }
dress(document);
document.addEventListener("htmx:load", (event) => dress(event.detail.elt));
