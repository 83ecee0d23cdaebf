// The list of what waits on this device: on its own page, and on the page that is shown where there is no line.
const outbox = self.tongxinOutbox;
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const list = document.querySelector("[data-waiting-list]");
const time = new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
// The page for everybody knows nobody: whose list it is stands on this device, as long as that person is signed in.
const mark = document.body.dataset.person || (outbox && "indexedDB" in self ? await outbox.fact("person") : "");

function fill(row, name, text) {
  for (const place of $$(`[data-slot="${name}"]`, row)) {
    place.textContent = text;
    place.hidden = !text;
  }
}
function drawn(item) {
  const row = document.querySelector("#waiting-row").content.cloneNode(true).firstElementChild;
  const elsewhere = item.person !== mark;
  const acts = {
    waiting: elsewhere ? ["drop"] : ["send", "open", "drop"], open: ["open", "drop"],
    refused: ["open", "drop"], conflict: ["open", "drop"], sent: item.again ? ["receipt"] : item.address ? ["look"] : [],
  }[item.state];
  fill(row, "title", item.title);
  fill(row, "line", item.line);
  fill(row, "at", time.format(item.at));
  fill(row, "where", elsewhere ? item.where : "");
  fill(row, "messages", (item.messages || []).map((m) => m.text).join(" "));
  const pictures = item.fields.filter(([, value]) => value instanceof Blob).length;
  for (const place of $$("[data-pictures]", row)) place.hidden = !pictures;
  fill(row, "pictures", pictures || "");
  for (const tag of $$("[data-state]", row)) tag.hidden = tag.dataset.state !== item.state;
  for (const note of $$("[data-failed]", row)) note.hidden = !item.failed || item.state !== "waiting";
  for (const note of $$("[data-elsewhere]", row)) note.hidden = !elsewhere || item.state !== "waiting";
  for (const act of $$("[data-act]", row)) {
    act.hidden = !acts.includes(act.dataset.act);
    if (act.dataset.act === "open") act.href = `${item.page}${item.page.includes("?") ? "&" : "?"}kept=${item.id}`;
    if (act.dataset.act === "look") act.href = item.address || "#";
  }
  row.dataset.id = item.id;
  return row;
}
async function draw() {
  const items = (await outbox.of(mark)).reverse();
  list.replaceChildren(...items.map(drawn));
  list.hidden = !items.length;
  for (const empty of $$("[data-waiting-empty]")) empty.hidden = items.length > 0;
  for (const item of items) if (item.state === "sent" && !item.again && !item.seen) await outbox.put({ ...item, seen: true });
}
async function act(button, id) {
  const item = await outbox.get(id);
  const what = button.dataset.act;
  if (!item) return draw();
  if (what === "receipt") return outbox.showAgain(item);
  if (what === "send") {
    button.disabled = true;
    const { outcome } = await outbox.send(id);
    for (const note of $$("[data-send-trouble]")) note.hidden = note.dataset.sendTrouble !== outcome;
  }
  if (what === "drop" && !button.dataset.sure) { // a text that is nowhere else goes only at the second press
    button.dataset.sure = "1";
    button.textContent = button.dataset.again;
    return;
  }
  if (what === "drop") await outbox.drop(id);
  await draw();
}
// Where to go without a line: the pages that are kept here, by their names.
async function doors() {
  const place = document.querySelector("[data-doors]");
  if (!place || !("caches" in self)) return;
  for (const name of (await caches.keys()).filter((each) => each.startsWith(outbox.PAGES))) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const page = new DOMParser().parseFromString(await (await cache.match(url)).text(), "text/html");
      const mark = page.querySelector('[data-offline="door"]');
      if (!mark) continue;
      const row = document.querySelector("#door-row").content.cloneNode(true).firstElementChild;
      Object.assign(row.querySelector("a"), { href: url, textContent: page.title.split(" · ")[0] });
      fill(row, "note", mark.dataset.offlineNote || "");
      place.append(row);
    }
  }
  for (const part of $$("[data-doors-part]")) part.hidden = !place.children.length;
}
// In place of a page that needs the line: what to do instead, by where it stands.
for (const hint of $$("[data-at]")) hint.hidden = !location.pathname.startsWith(hint.dataset.at);
if (list && outbox && "indexedDB" in self) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button) act(button, button.closest("[data-id]").dataset.id);
  });
  outbox.channel?.addEventListener("message", draw);
  addEventListener("outbox", draw);
  await draw();
  await doors();
}
