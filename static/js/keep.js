/* The last picture, kept in the browser for a restart while the server is away. Once a minute the
   page as it stands is put where worker.js finds it: only a picture without people and their words,
   whatever their lease, and only while the server is heard. Needs a secure origin. */
(() => {
  "use strict";

  const { clock, guard, orders } = window.wall;
  const { build, policy } = document.getElementById("socket").dataset;
  const picture = document.getElementById("picture");
  const EVERY = 60000;
  const NOT_KEPT = "[data-personal], .called, .cluster, .ripple, [hidden]:not(#socket)";
  if (!navigator.serviceWorker || !window.caches) return;

  const isFit = () => orders.isDark()
    || (picture.querySelector(":scope > :not([hidden])") && !shownPerson());
  const shownPerson = () => [...picture.children].some((slot) => !slot.hidden
    && "personal" in slot.dataset);
  const mayBeKept = () => guard.isHeard() && isFit();

  /* The page as a new load would find it: without what scripts made, without anybody. */
  function copy() {
    const root = document.documentElement.cloneNode(true);
    root.querySelectorAll(NOT_KEPT).forEach((one) => one.remove());
    if (orders.isDark()) root.querySelector("#picture").replaceChildren();
    for (const one of [root, ...root.querySelectorAll("[style]")]) one.removeAttribute("style");
    const socket = root.querySelector("#socket");
    for (const name of ["hx-ws:connect", "data-htmx-powered"]) socket.removeAttribute(name);
    socket.dataset.at = new Date(clock.now()).toISOString();
    socket.dataset.plan = JSON.stringify(window.wall.rotation.plan);
    socket.dataset.kept = "yes";
    return `<!doctype html>${root.outerHTML}`;
  }

  /* What this page was made of, its letters too: the first load came before the worker did. */
  async function keepFiles(store) {
    const ours = `${location.origin}/static/`;
    for (const { name } of performance.getEntriesByType("resource")) {
      if (name.startsWith(ours) && !(await store.match(name))) await store.add(name);
    }
  }

  async function keep() {
    if (!mayBeKept()) return;
    const store = await caches.open(`cheerboard-${build}`);
    await keepFiles(store);
    /* The scene may have changed while the files were put aside. */
    if (!mayBeKept()) return;
    const headers = {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy,
    };
    await store.put(location.pathname, new Response(copy(), { headers }));
  }

  /* A server that went away meanwhile is tried again in a minute. */
  const attempt = () => keep().catch(() => {});

  window.wall.keep = keep;
  navigator.serviceWorker.register(`/tv/worker.js?build=${build}`, { scope: "/tv/" })
    .catch(() => { /* the board does without */ });
  document.addEventListener("wall:snapped", () => setTimeout(attempt, 2000));
  document.addEventListener("wall:darkened", attempt);
  setInterval(attempt, EVERY);
})();
