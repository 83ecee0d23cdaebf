// The service worker. `/sw.js` puts KIT before it: the version, the files, and the few addresses it must know.
// Network first: a page kept here is shown only while there is no line. Kept are the pages that the person's own pages
// name (see offline.js), for that person alone; of public pages nothing.
importScripts(KIT.outbox);
const outbox = self.tongxinOutbox;
const STATIC = `tongxin.static.${KIT.version}`;
const PAGES = outbox.PAGES + KIT.version;
const SLOW = 8_000; // milliseconds after which a page kept here is better than waiting on
const FRESH = 6 * 3600 * 1000;
const MOST = 60; // pages
const LONGEST = 60_000; // characters of an address; what is longer, servers refuse without a word
const PERSON = "X-Tongxin-Person";

addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(STATIC);
  await cache.addAll([...KIT.files, KIT.outbox].map((url) => new Request(url, { cache: "no-cache" })));
  // Without cookies: what is shown to everybody must know nobody.
  await cache.addAll(KIT.offline.map((url) => new Request(url, { cache: "no-cache", credentials: "omit" })));
  await skipWaiting();
})()));
addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((n) => n.startsWith("tongxin.") && n !== STATIC && n !== PAGES);
  const urls = [];
  for (const name of old.filter((n) => n.startsWith(outbox.PAGES))) {
    urls.push(...(await (await caches.open(name)).keys()).map((request) => request.url));
  }
  for (const name of old) await caches.delete(name); // an old page would ask for files that are gone
  await clients.claim();
  if (urls.length) await keep(urls);
})()));

function keyOf(address) { // a form taken out again is the same page
  const url = new URL(address);
  url.searchParams.delete("kept");
  url.hash = "";
  return url.href;
}
const tellPages = async () => { for (const client of await clients.matchAll()) client.postMessage("changed"); };

// Whose page is this? Somebody else's: then nothing kept here may be shown any more.
async function meet(response) {
  const person = response.headers.get(PERSON);
  if (!person || person === await outbox.fact("person")) return person;
  await outbox.forget();
  await outbox.learn("person", person);
  await tellPages();
  return person;
}
async function store(address, response) {
  if (!response.ok || response.redirected || !response.headers.get("Content-Type")?.startsWith("text/html")) return;
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set("X-Tongxin-Stored", Date.now());
  const html = (await response.text()).replace("<html ", `<html data-stored="${Date.now()}" `);
  const person = response.headers.get(PERSON);
  if (!person || person !== await outbox.fact("person")) return;
  const cache = await caches.open(PAGES);
  await cache.put(keyOf(address), new Response(html, { headers }));
  const kept = await cache.keys();
  for (const request of kept.slice(0, Math.max(0, kept.length - MOST))) await cache.delete(request);
}
async function keep(urls) {
  const cache = await caches.open(PAGES);
  for (const url of urls.slice(0, MOST)) {
    const kept = await cache.match(keyOf(url));
    if (kept && Date.now() - Number(kept.headers.get("X-Tongxin-Stored")) < FRESH) continue;
    try {
      const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
      await meet(response);
      await store(url, response);
    } catch { return; } // no line: at the next page
  }
}

async function withoutLine(request) {
  const kept = await caches.match(keyOf(request.url), { cacheName: PAGES });
  if (kept) return kept;
  const language = await outbox.fact("language");
  const pages = await Promise.all(KIT.offline.map((url) => caches.match(url, { cacheName: STATIC })));
  return pages.find((page) => page?.headers.get("Content-Language")?.toLowerCase() === language?.toLowerCase()) || pages[0] || Response.error();
}
async function page(event) {
  const { request } = event;
  // Shorter, and still longer than the product takes: it then says so in words.
  if (request.url.length > LONGEST) return Response.redirect(request.url.slice(0, LONGEST / 2));
  const path = new URL(request.url).pathname;
  const kept = await caches.match(keyOf(request.url), { cacheName: PAGES });
  try {
    const asked = fetch(request);
    const response = kept ? await Promise.race([asked, new Promise((_, fail) => setTimeout(fail, SLOW))]) : await asked;
    if (path === KIT.signIn && response.status === 200) await outbox.forget(); // nobody is signed in any more
    await meet(response);
    if (kept && response.ok) event.waitUntil(store(request.url, response.clone()));
    if (kept && [403, 404].includes(response.status)) await (await caches.open(PAGES)).delete(keyOf(request.url));
    return response;
  } catch { return withoutLine(request); }
}
async function file(request) {
  return await caches.match(request.url, { cacheName: STATIC }) || fetch(request);
}
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === KIT.signOut) return event.waitUntil(outbox.forget());
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith(KIT.static)) event.respondWith(file(request));
});

addEventListener("message", (event) => event.waitUntil((async () => {
  const { keep: urls = [], language = "", person = "" } = event.data || {};
  await outbox.learn("language", language);
  if (person !== await outbox.fact("person")) {
    await outbox.forget();
    await outbox.learn("person", person);
  }
  await keep(urls.filter((each) => new URL(each).origin === location.origin));
})()));
// Background Sync: the line is back though no page is open.
addEventListener("sync", (event) => {
  if (event.tag !== "tongxin.outbox") return;
  event.waitUntil((async () => {
    const open = await clients.matchAll({ type: "window" });
    if (open.some((client) => client.visibilityState === "visible")) return; // that page does it, and tells the person
    const { waiting, failed } = await outbox.flush();
    if (waiting || failed) throw new Error("not all was sent"); // asks the browser to try again later
  })());
});
