// Signed-in pages on a bad line: forms with `data-offline` (and a hidden `token`) are kept here when they cannot be
// sent, and sent later. Pages that hold `data-offline` themselves, and links that carry it, open without a line;
// `data-offline="door"` lists the page where somebody without a line looks for what can be done, with its
// `data-offline-note`. With `data-moment` a form that is taken out again keeps the moment at which it was first sent off.
// Service workers ask for https or localhost; elsewhere forms are sent by the browser as ever.
const outbox = self.tongxinOutbox;
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const html = document.documentElement;
const { person = "", worker = "", offlinePages = "" } = document.body.dataset;
const able = isSecureContext && "serviceWorker" in navigator && "indexedDB" in self;
const SHOWN = "tongxin.shown";
const RETRY = [3, 10, 30, 60, 120, 300]; // seconds; browsers say “online” a little before it is true

// ---- What stands above the page: one sentence at a time.
function say(what) {
  const bar = document.querySelector("[data-line-bar]");
  if (!bar) return;
  for (const notice of $$("[data-line]", bar)) notice.hidden = notice.dataset.line !== what;
  bar.hidden = !what;
}
const stored = "stored" in html.dataset;
// Where it is said anyway: all of it on the list, and why a form was refused on the form that was taken out again.
const lists = !!document.querySelector("[data-waiting-list]");
const reopened = new URLSearchParams(location.search).has("kept");
function tellOf(mine, came) {
  const some = (...states) => !lists && mine.some((item) => states.includes(item.state) && !item.seen);
  if (!navigator.onLine || came.waiting || (stored && !came.line)) say("none");
  else if (came.signed_out) say("signed-out");
  else if (!reopened && some("refused", "conflict")) say("refused");
  else if (!lists && mine.some((item) => item.state === "waiting" && item.failed)) say("failed");
  else if (some("sent")) say("sent");
  else say(stored ? "back" : "");
}

// ---- How many forms wait, on every page.
async function countAll() {
  const mine = await outbox.of(person);
  const open = mine.filter((item) => item.state !== "sent" || item.again);
  for (const badge of $$("[data-waits]")) {
    badge.hidden = !open.length;
    badge.querySelector("[data-waits-n]").textContent = open.length > 99 ? "99+" : open.length;
  }
  return mine;
}

// ---- Sending what waits: when a page opens, when the line is back, and now and then while something waits.
// The page in place of one that needs the line opens that one when the line is really back, not when the browser says so:
// the browser may think all the while that there is one.
const back = "reloads" in document.body.dataset;
let timer, tries = 0;
async function flush() {
  clearTimeout(timer);
  const came = navigator.onLine ? await outbox.flush(stored || back) : {};
  if (back && came.line) return location.reload();
  const mine = await countAll();
  tellOf(mine, came);
  const left = mine.some((item) => item.state === "waiting");
  if ((left || back) && navigator.onLine) timer = setTimeout(flush, 1000 * RETRY[Math.min(tries++, RETRY.length - 1)]);
  else tries = 0;
}
async function askForSync() {
  const registration = await navigator.serviceWorker.getRegistration();
  try { await registration?.sync?.register("tongxin.outbox"); } catch { /* not allowed here: pages do it */ }
}

// ---- A form on its way.
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
function pathOf(address) { // a form taken out again (?kept=…) is the same form
  const url = new URL(address, location.href);
  url.searchParams.delete("kept");
  return url.pathname + url.search;
}
function packed(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const fields = [...data].filter(([name, value]) => name !== "csrfmiddlewaretoken" && (typeof value === "string" || value.size));
  const lines = [...form.elements].filter((e) => e.matches("textarea,input[type=text]")).map((e) => e.value.trim());
  const [page, action] = [location.href, form.getAttribute("action") || location.href].map(pathOf);
  return {
    id: form.elements.token.value, person, fields, state: "waiting", at: Number(form.dataset.pressed) || Date.now(), messages: [],
    action, page,
    title: [...new Set([document.title.split(" · ")[0], document.querySelector("main h1")?.innerText])].filter(Boolean).join(" · "),
    line: (lines.find(Boolean) || "").slice(0, 120),
    where: document.querySelector(".where")?.innerText || "",
  };
}
function busy(form, on) {
  form.dataset.sending = "1";
  if (!on) delete form.dataset.sending;
  for (const button of [...form.elements].filter((e) => e.type === "submit")) {
    button.disabled = on;
    if (on) { button.dataset.words = button.innerHTML; button.textContent = html.dataset.sending; button.setAttribute("aria-busy", "true"); }
    else if (button.dataset.words) { button.innerHTML = button.dataset.words; button.removeAttribute("aria-busy"); delete button.dataset.words; }
  }
}
// The page at the end is shown once only, a receipt say: the token alone brings it, and makes nothing anew.
async function showAgain(item) {
  const me = await outbox.who();
  if (!me?.person) return flush();
  const form = Object.assign(document.createElement("form"), { method: "post", action: item.action, hidden: true });
  for (const [name, value] of [["csrfmiddlewaretoken", me.csrf], ["token", item.id]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  sessionStorage.setItem(SHOWN, item.id); // only once the page is there (it carries data-done) the form is done with
  form.submit();
}
if (outbox) outbox.showAgain = showAgain; // for the list of what waits
async function send(form, submitter) {
  const item = packed(form, submitter);
  const lacks = navigator.onLine ? [] : lacking(form); // nobody else can say it now
  if (lacks.length) return refuse(form, lacks);
  busy(form, true);
  try { await outbox.put(item); } catch { return HTMLFormElement.prototype.submit.call(form); } // no room: the old way
  if (form.dataset.replaces) await outbox.drop(form.dataset.replaces);
  const answer = navigator.onLine ? await outbox.send(item.id) : { outcome: "waiting" };
  const draft = `tongxin.draft.${form.dataset.keep}`;
  try { localStorage.removeItem(draft); } catch { /* forbidden */ } // it lies safely in the outbox
  if (["busy", "done"].includes(answer.outcome)) answer.outcome = "waiting";
  if (answer.outcome === "sent" && answer.again) return showAgain(item);
  if (answer.outcome === "sent") {
    await outbox.drop(item.id);
    return location.assign(answer.address);
  }
  busy(form, false);
  countAll();
  if (answer.outcome === "conflict") renew(form);
  if (answer.outcome === "refused" || answer.outcome === "conflict") return refuse(form, answer.messages);
  askForSync();
  keptNotice(form, answer.outcome);
}
function keptNotice(form, outcome) {
  const notice = document.querySelector("#offline-kept").content.cloneNode(true).firstElementChild;
  const when = { waiting: "line", failed: "server" }[outcome] || "account";
  for (const part of $$("[data-when]", notice)) part.hidden = part.dataset.when !== when;
  $$("[data-another]", notice).forEach((a) => { a.href = pathOf(location.href); });
  form.replaceWith(notice);
  notice.focus();
  tellOf([], outcome === "waiting" ? { waiting: 1 } : outcome === "failed" ? { line: true } : { signed_out: 1, line: true });
  clearTimeout(timer);
  timer = setTimeout(flush, 1000 * RETRY[0]);
}

// What the browser itself sees is missing, once for each name.
function lacking(form) {
  const wrong = [...form.elements].filter((e) => e.name && e.willValidate && !e.validity.valid);
  return [...new Map(wrong.map((e) => [e.name, { name: e.name, text: e.validationMessage }])).values()];
}
// After a conflict the old token is spent (it may stand on a record already): what is sent next is another form.
function renew(form) {
  form.dataset.replaces = form.elements.token.value;
  form.elements.token.value = fresh();
}

// ---- What the server would not take is said where it was typed.
function refuse(form, messages) {
  $$(".field-error,[data-refusal]", form).forEach((e) => e.remove());
  for (const e of $$("[aria-invalid]", form)) { e.removeAttribute("aria-invalid"); e.classList.remove("is-invalid"); e.closest(".field")?.classList.remove("has-error"); }
  let first = null;
  for (const { name, text } of messages) {
    const found = name ? form.elements[name] : null;
    const control = found instanceof RadioNodeList ? found[0] : found;
    const place = control?.type !== "hidden" && control?.closest(".field");
    const template = document.querySelector(place ? "#offline-field-error" : "#offline-refusal");
    const notice = template.content.cloneNode(true).firstElementChild;
    notice.querySelector("[data-text]").textContent = text;
    if (place) {
      notice.id = `${control.id}_error`;
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", notice.id);
      control.classList.add("is-invalid");
      place.classList.add("has-error");
      place.append(notice);
      control.closest("details")?.setAttribute("open", "");
    } else form.prepend(notice);
    first ||= place ? control : notice;
  }
  first?.focus();
}
async function reopen(form, id) {
  const item = await outbox.get(id);
  if (!item || item.person !== person || item.state === "sent") return false;
  $$(".restored", form).forEach((e) => e.remove());
  const texts = item.fields.filter(([, value]) => typeof value === "string");
  for (const e of form.elements) {
    if (!e.name || e.name === "csrfmiddlewaretoken" || e.type === "submit") continue;
    const values = texts.filter(([name]) => name === e.name).map(([, value]) => value);
    if (e.type === "file") {
      const transfer = new DataTransfer();
      for (const [name, file] of item.fields) if (name === e.name && file instanceof Blob) transfer.items.add(file);
      e.files = transfer.files;
      if (transfer.files.length) e.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (e.type === "checkbox" || e.type === "radio") e.checked = values.includes(e.value);
    else if (e.type === "select-multiple") [...e.options].forEach((o) => { o.selected = values.includes(o.value); });
    else if (values.length) e.value = values[0];
    e.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if ("moment" in form.dataset) form.dataset.pressed = item.at; // it is told when it was first sent off
  if (item.state === "waiting") await outbox.put({ ...item, state: "open" });
  if (item.state === "conflict") renew(form);
  refuse(form, item.messages);
  return true;
}

// ---- Beginning.
const day = (time) => new Date(time).toLocaleDateString("sv-SE"); // 2026-03-05, by the device's own clock
// A kept page proposes the day on which it was kept.
function bringUpToDate(form) {
  for (const e of form.querySelectorAll("input")) {
    if (e.value === day(Number(html.dataset.stored)) && e.value === e.defaultValue) e.value = e.defaultValue = day(Date.now());
  }
}
async function dress() {
  const kept = new URLSearchParams(location.search).get("kept");
  for (const form of $$("form[data-offline]")) {
    if (!form.elements.token) continue;
    if (stored) bringUpToDate(form);
    // A page kept here is used many times; each form written on it is one of its own.
    if (!(kept && await reopen(form, kept))) form.elements.token.value = fresh();
  }
}
async function settle() {
  const registration = await navigator.serviceWorker.register(worker, { scope: "/" });
  const marked = [...offlinePages.split(" ").filter(Boolean), ...$$("a[data-offline]").map((a) => a.href)];
  if (document.querySelector("main [data-offline]:not(a)")) marked.push(location.href);
  const absolute = marked.map((url) => new URL(url, location.href).href);
  await navigator.serviceWorker.ready;
  if (!stored) registration.active.postMessage({ keep: [...new Set(absolute)], language: html.lang, person });
}
if (able && outbox) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ((form.getAttribute("action") || "").endsWith("/accounts/logout/")) outbox.forget();
    if (event.defaultPrevented || !person || !("offline" in form.dataset) || !form.elements.token) return;
    event.preventDefault();
    if (!form.dataset.sending) send(form, event.submitter);
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-reload]")) location.reload();
  });
  addEventListener("online", flush);
  addEventListener("offline", () => tellOf([], {}));
  outbox.channel?.addEventListener("message", async () => {
    const mine = await countAll();
    tellOf(mine, { line: mine.some((item) => item.state === "sent" && !item.seen) });
  });
  addEventListener("outbox", countAll);
  const shown = sessionStorage.getItem(SHOWN);
  if (shown && document.querySelector("[data-done]")) await outbox.drop(shown);
  sessionStorage.removeItem(SHOWN); // last: whoever goes on at once has it done with all the same
  if (stored) tellOf([], {});
  if (/(^|; )large=1/.test(document.cookie)) html.classList.add("large");
  await dress();
  if (person && worker) settle().catch(() => { /* forbidden or full: everything else goes on */ });
  if (back) timer = setTimeout(flush, 1000 * RETRY[tries++]); // not at once: an address that breaks each time must not whirl
  else await flush();
}
