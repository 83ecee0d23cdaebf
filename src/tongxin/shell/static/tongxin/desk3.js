// What every desk of three columns does: a record opens in place where the reading column is in sight, else as a page of its own.
const wide = matchMedia("(min-width: 1200px)");
const readings = () => document.querySelector(".desk3-reading");

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt;
  if (event.detail.target !== readings() || wide.matches) return;
  event.preventDefault();
  location.href = link.href;
});

// Where there is room, the most urgent one lies open from the start; the address stays that of the queue.
// It is asked for in the name of its link, so that what somebody opens meanwhile takes its place (hx-sync).
const first = document.querySelector(".desk3.is-list .queue a.row-title");
if (first && wide.matches && !location.hash) {
  htmx.ajax("GET", first.getAttribute("hx-get"), { source: first, target: ".desk3-reading", swap: "innerHTML", push: "false" })
    .catch(() => {}); // given way to another
}

// The open one is marked in the queue, by whatever way it was opened.
function mark() {
  const open = document.querySelector("[data-record]")?.dataset.record;
  for (const link of document.querySelectorAll(".queue a.row-title")) {
    const here = open && new URL(link.href).pathname.endsWith(`/${open}/`);
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
document.addEventListener("htmx:afterSwap", mark);
mark();

// The next one is under the Enter key; what was just done stays in sight.
document.querySelector("[data-focus]")?.focus({ preventScroll: true });

// A form that was opened gets the first word; what else is loaded meanwhile takes it from nobody.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "decide") return;
  document.querySelector("#move-form :is(select, textarea, input:not([type=hidden]))")?.focus({ preventScroll: true });
  document.querySelector("#move-form")?.scrollIntoView({ block: "nearest" });
});
