// The picture works without this: here it is enlarged by wheel, pinch and buttons, moved by hand, and says what it shows.
const SIDE = 1000, LEAST = 90;

for (const sheet of document.querySelectorAll(".circle-sheet")) {
  const told = sheet.querySelector("[data-circle-told]");
  const tools = sheet.querySelector("[data-circle-tools]");
  if (!tools) continue; // nobody is in contact yet: there is no picture
  const pictures = [...sheet.querySelectorAll("[data-circle]")].map(enliven);
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const how = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (how) pictures.forEach((picture) => picture[how]());
  });

  function enliven(svg) {
    const box = { x: 0, y: 0, side: SIDE };
    const fingers = new Map();
    let moved = false, before = null;

    const show = () => {
      box.side = Math.min(SIDE, Math.max(LEAST, box.side));
      box.x = Math.min(SIDE - box.side, Math.max(0, box.x));
      box.y = Math.min(SIDE - box.side, Math.max(0, box.y));
      svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.side} ${box.side}`);
      svg.classList.toggle("is-enlarged", box.side < SIDE);
      // Enlarged, a finger moves the picture; whole, it scrolls the page.
      svg.setAttribute("data-enlarged", box.side < SIDE ? "1" : "");
    };
    const place = (x, y) => {
      const shown = svg.getBoundingClientRect();
      return { x: box.x + ((x - shown.left) / shown.width) * box.side, y: box.y + ((y - shown.top) / shown.height) * box.side };
    };
    const zoom = (factor, at) => {
      const side = Math.min(SIDE, Math.max(LEAST, box.side * factor)), ratio = side / box.side;
      box.x = at.x - (at.x - box.x) * ratio;
      box.y = at.y - (at.y - box.y) * ratio;
      box.side = side;
      show();
    };
    const middle = () => ({ x: box.x + box.side / 2, y: box.y + box.side / 2 });

    svg.addEventListener("wheel", (event) => {
      if (box.side >= SIDE && event.deltaY > 0) return; // the whole picture lets the page scroll on
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0015), place(event.clientX, event.clientY));
    }, { passive: false });

    svg.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved = false;
      before = null;
    });
    svg.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const last = fingers.get(event.pointerId), shown = svg.getBoundingClientRect();
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()], far = Math.hypot(a.x - b.x, a.y - b.y);
        if (before) zoom(before / far, place((a.x + b.x) / 2, (a.y + b.y) / 2));
        before = far;
        moved = true;
      } else if (box.side < SIDE) {
        const dx = event.clientX - last.x, dy = event.clientY - last.y;
        if (Math.abs(dx) + Math.abs(dy) > 2) moved = true;
        box.x -= (dx / shown.width) * box.side;
        box.y -= (dy / shown.height) * box.side;
        show();
      }
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      svg.addEventListener(end, (event) => { fingers.delete(event.pointerId); before = null; });
    }
    // Whoever has just moved the picture did not mean to open the part under the finger.
    svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); moved = false; }, true);
    svg.addEventListener("dragstart", (event) => event.preventDefault());

    const say = (event) => { told.textContent = event.target.closest("a, g")?.querySelector("title")?.textContent ?? ""; };
    svg.addEventListener("pointerover", say);
    svg.addEventListener("focusin", say);
    svg.addEventListener("pointerleave", () => { told.textContent = ""; });

    return {
      in: () => zoom(0.7, middle()),
      out: () => zoom(1 / 0.7, middle()),
      reset: () => { Object.assign(box, { x: 0, y: 0, side: SIDE }); show(); },
    };
  }
}
