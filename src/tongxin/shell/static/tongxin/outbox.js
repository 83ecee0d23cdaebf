// Forms written without a line: kept on this device, sent once. Pages and the service worker share this file, so it is
// no module. An item belongs to one person in one assembly (`person`, a mark only the server can make) and its `id` is
// the form's token: the server makes one record of it however often it arrives.
// States: waiting (`failed`: the server broke over it; it is tried again), open (taken out to be changed), refused,
// conflict, sent (kept until the person has seen it).
self.tongxinOutbox = (() => {
  const WHO = "/desk/outbox/"; // answers who is signed in, with a fresh token against forged requests
  const PATIENCE = 20_000; // milliseconds for a form; pictures get more
  const PER_MEGABYTE = 30_000;
  const DAY = 24 * 3600 * 1000;
  const PAGES = "tongxin.pages.";
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("tongxin") : null;

  let opened;
  const database = () => opened ??= new Promise((done, fail) => {
    const request = indexedDB.open("tongxin", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("forms", { keyPath: "id" });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opened = null; };
      done(request.result);
    };
    request.onerror = () => { opened = null; fail(request.error); };
  });
  async function on(store, mode, act) {
    const transaction = (await database()).transaction(store, mode);
    const request = act(transaction.objectStore(store));
    return new Promise((done, fail) => { // what was written counts only when it lies on the disk
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  }
  const fact = (name) => on("facts", "readonly", (s) => s.get(name));
  const learn = (name, value) => on("facts", "readwrite", (s) => s.put(value, name));
  const get = (id) => on("forms", "readonly", (s) => s.get(id));
  function changed() { // other pages hear it from the channel, this one from its own event
    channel?.postMessage("changed");
    self.dispatchEvent(new Event("outbox"));
  }
  async function put(item) { await on("forms", "readwrite", (s) => s.put(item)); changed(); }
  async function drop(id) { await on("forms", "readwrite", (s) => s.delete(id)); changed(); }
  const personOf = (mark) => (mark || "").split(".")[0];

  // What one person has here, in whichever of their assemblies; nothing of anybody else.
  async function of(mark) {
    if (!mark) return [];
    const all = await on("forms", "readonly", (s) => s.getAll());
    const old = all.filter((i) => i.state === "sent" && !i.again && Date.now() - i.at > DAY);
    for (const item of old) await drop(item.id);
    return all.filter((i) => !old.includes(i) && personOf(i.person) === personOf(mark)).sort((a, b) => a.at - b.at);
  }

  // The copies of pages go when the person goes. What they have written stays, for them alone.
  async function forget() {
    if ("caches" in self) {
      for (const name of await caches.keys()) if (name.startsWith(PAGES)) await caches.delete(name);
    }
    await learn("person", "");
  }

  async function ask(address, options, patience) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options });
      // A gateway or a hotel's sign-in page may answer in our place: only our own words count.
      if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
      return await response.json();
    } catch { return null; } finally { clearTimeout(timer); }
  }
  const who = () => ask(WHO, {}, PATIENCE / 2);

  async function deliver(item, csrf) {
    const body = new FormData();
    let size = 0;
    for (const [name, value] of item.fields) {
      if (value instanceof Blob) size += value.size;
      value instanceof File ? body.append(name, value, value.name) : body.append(name, value);
    }
    const headers = { "X-CSRFToken": csrf, "X-Tongxin-Outbox": item.person, "X-Tongxin-Waited": Math.max(0, Date.now() - item.at) };
    return ask(item.action, { method: "POST", body, headers }, PATIENCE + PER_MEGABYTE * size / 1e6);
  }
  async function settle(item, answer) {
    const { outcome, messages = [], address = "", again = false } = answer;
    if (outcome === "sent") {
      const { id, person, action, page, title, line, where } = item;
      await put({ id, person, action, page, title, line, where, fields: [], state: "sent", at: Date.now(), address, again, messages });
    } else if (outcome === "refused" || outcome === "conflict") await put({ ...item, state: outcome, messages, failed: false });
    else if (outcome === "failed") await put({ ...item, failed: true });
    return answer;
  }

  // Sends one form. Nobody else sends it meanwhile; a lock ends with its tab, so that a form is never stuck.
  async function send(id, known) {
    const attempt = async (lock) => {
      if (!lock) return { outcome: "busy" }; // another page is sending it
      const item = await get(id);
      if (item?.state !== "waiting") return { outcome: "done" };
      const me = known || await who();
      if (!me) return { outcome: "waiting" };
      if (!me.person) return { outcome: "signed_out" };
      if (me.person !== item.person) return { outcome: "other" };
      return settle(item, await deliver(item, me.csrf) || { outcome: "waiting" });
    };
    return navigator.locks ? navigator.locks.request(`tongxin.form.${id}`, { ifAvailable: true }, attempt) : attempt(true);
  }
  // Sends what waits, in the order in which it was written. Tells how often each outcome came, and whether there was a
  // line at all, which is tried only when something waits or `always`.
  async function flush(always = false) {
    const all = await on("forms", "readonly", (s) => s.getAll());
    const waiting = all.filter((i) => i.state === "waiting").sort((a, b) => a.at - b.at);
    if (!waiting.length && !always) return {};
    const me = await who();
    if (!me) return { waiting: waiting.length, line: false };
    if (!me.person) return { signed_out: waiting.length, line: true };
    const came = { line: true };
    for (const item of waiting.filter((i) => i.person === me.person)) {
      const { outcome } = await send(item.id, me);
      came[outcome] = (came[outcome] || 0) + 1;
      if (outcome === "waiting") break; // the line broke again, or the server takes nothing now
    }
    return came;
  }
  return { PAGES, channel, fact, learn, get, put, drop, of, who, send, flush, forget };
})();
