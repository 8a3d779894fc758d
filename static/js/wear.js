/* What a picture does to a panel, and weeks to a browser. Every two minutes everything stands a few
   pixels elsewhere, every hour the rail changes its edge; once a night, and when memory runs short,
   the page is loaded anew. No animation: a step each time, derived from the server's time. */
(() => {
  "use strict";

  const { clock, orders } = window.wall;
  const MINUTE = 60000;
  const ORBIT = 2 * MINUTE;
  /* In u, round the middle, each place once. */
  const PLACES = [[0, 0], [0.4, 0], [0.4, 0.4], [0, 0.4], [-0.4, 0.4], [-0.4, 0], [-0.4, -0.4],
    [0, -0.4], [0.4, -0.4]];
  /* A night's reload: between three and five, at a minute of its own; not right after another. */
  const NIGHT = 3 * 60 + Math.floor(Math.random() * 120);
  const RESTED = 6 * 60 * MINUTE;
  const FULL = 0.7;
  const PAUSE = 60 * MINUTE;
  const startedAt = performance.now();
  const root = document.documentElement;

  function move(now) {
    const [x, y] = PLACES[Math.floor(now / ORBIT) % PLACES.length];
    root.style.setProperty("--orbit-x", x);
    root.style.setProperty("--orbit-y", y);
    const edge = new Date(now).getUTCHours() % 2 ? "top" : "bottom";
    if (root.dataset.rail !== edge) root.dataset.rail = edge;
  }

  const uptime = () => performance.now() - startedAt;

  function isNight(now) {
    const [hour, minute] = clock.shown(now).split(":");
    return uptime() > RESTED && 60 * hour + 1 * minute === NIGHT;
  }

  /* A page that leaks is ended before the browser ends it; one that is born full is left alone. */
  function isFull() {
    const memory = performance.memory;
    return uptime() > PAUSE && memory && memory.usedJSHeapSize > FULL * memory.jsHeapSizeLimit;
  }

  function look() {
    const now = clock.now();
    move(now);
    if (isNight(now) || isFull()) orders.reload();
  }

  window.wall.wear = { look, move };
  look();
  setInterval(look, 10000);
})();
