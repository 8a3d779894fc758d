/* A place won: rows that change their order slide from where they were to where they are. Who moves
   up lifts off to the side on the way. Only transform, half a second, and none where nothing moves. */
(() => {
  "use strict";

  const { rotation } = window.wall;
  const MOVE = 500;
  const EASE = "cubic-bezier(.2,.7,.2,1)";
  const ROWS = ".place[id], .rung[id]";

  let before = new Map();

  const topOf = (row) => row.getBoundingClientRect().top;

  function look() {
    before = new Map();
    for (const row of document.querySelectorAll(ROWS)) {
      if (row.getClientRects().length) before.set(row.id, topOf(row));
    }
  }

  function move() {
    if (rotation.still()) return;
    for (const row of document.querySelectorAll(ROWS)) {
      const way = before.has(row.id) && row.animate ? before.get(row.id) - topOf(row) : 0;
      if (Math.abs(way) > 2 && row.getClientRects().length) slide(row, way);
    }
  }

  function slide(row, way) {
    const aside = way > 0 ? "calc(1 * var(--u))" : "0px";
    const frames = [
      { transform: `translate(0, ${way}px)` },
      { transform: `translate(${aside}, ${way / 2}px)` },
      { transform: "translate(0, 0)" },
    ];
    row.animate(frames, { duration: MOVE, easing: EASE });
  }

  document.addEventListener("htmx:ws:before:message:incoming", look);
  document.addEventListener("wall:swapped", move);
})();
