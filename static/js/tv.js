/* The live protocol on a screen, around htmx's hx-ws, which swaps what we let through.

   The page (templates/board/live.html) must have:
     #stage [data-motion="off"], [data-scene] (kept by rotation.js), classes `waiting`, `offline`, `blank`
     #picture with one slot per step, #slot-<scene>-<item>; #slot-rail with `.dot[id]` and one <time>
     .freshness-word, #steps (ten <li> are made), and outside every slot:
     #socket [data-live, -epoch, -build, -at, -plan, -turns, -scale, -overscan] and its limits in
     seconds [data-waiting, -offline, -forget, -report, -spread]
   Made here and to be styled: p.cluster ("+5 voices"), circle.ripple, section.scene.identify.called
   Anything with a person's name or a customer's words may carry [data-personal]. */
(() => {
  "use strict";

  const { clock, rotation, guard, orders } = window.wall;
  const page = document.getElementById("socket");
  const BUILD = page.dataset.build;
  const ASK_PAUSE = 1000;
  const startedAt = performance.now();
  /* "Chrome/87": which engine draws here, as far as it says so. */
  const ENGINE = (navigator.userAgent.match(/(Chrom(e|ium)|Firefox|Version)\/\d+/) || [""])[0];

  let epoch = null;
  let v = -1;
  let askedAt = -Infinity;
  let errors = 0;
  let reportedTo = null;

  function ask() {
    const now = performance.now();
    if (now - askedAt < ASK_PAUSE) return;
    if (guard.send({ type: "snap", v })) askedAt = now;
  }

  const handlers = {
    /* The whole picture is always right. */
    snap(told) {
      epoch = told.epoch;
      v = told.v;
      rotation.follow(told.plan, told.content || "");
      return true;
    },
    /* Only the very next one; an old one changes nothing, a hole or a restart needs the whole. */
    frame(told) {
      if (told.epoch === epoch && told.v === v + 1) {
        v = told.v;
        return true;
      }
      if (told.epoch !== epoch || told.v > v) ask();
      return false;
    },
    hb(told) {
      if (told.epoch !== epoch || told.v > v) ask();
      return false;
    },
    cmd(told) {
      orders.obey(told);
      return false;
    },
  };

  function receive(event) {
    let told;
    try {
      told = JSON.parse(event.detail.message.data);
    } catch (error) {
      told = {};
    }
    guard.heard();
    if (told.at) clock.correct(told.at);
    if (told.build && told.build !== BUILD) orders.renew();
    const handle = Object.prototype.hasOwnProperty.call(handlers, told.type) && handlers[told.type];
    if (!handle || !handle(told)) event.preventDefault();
    else event.detail.told = told;
  }

  function swapped(event) {
    let kind = "";
    try {
      kind = JSON.parse(event.detail.message.data).type;
    } catch (error) {
      return;
    }
    rotation.tick();
    if (kind === "snap" && reportedTo !== epoch) {
      reportedTo = epoch;
      report();
    }
    document.dispatchEvent(new CustomEvent(kind === "snap" ? "wall:snapped" : "wall:swapped"));
  }

  function report() {
    guard.send({
      type: "report",
      v,
      scene: rotation.scene,
      build: BUILD,
      heap: performance.memory ? performance.memory.usedJSHeapSize : 0,
      uptime: Math.round((performance.now() - startedAt) / 1000),
      errors,
      dark: orders.isDark(),
      order: orders.obeyed(),
      engine: ENGINE,
      awake: window.wall.awake ? window.wall.awake.said() : "",
      viewport: `${innerWidth}x${innerHeight}`,
      dpr: window.devicePixelRatio || 1,
    });
  }

  /* The picture for how this screen hangs, unless the board says how. Only now the element gets its
     address: htmx may begin between two deferred scripts, before it knows hx-ws. */
  function turn() {
    const address = new URL(page.dataset.live, location.href);
    if (page.dataset.turns === "true") {
      const orientation = innerHeight > innerWidth ? "portrait" : "landscape";
      address.searchParams.set("orientation", orientation);
      document.documentElement.dataset.orientation = orientation;
    }
    page.setAttribute("hx-ws:connect", address.pathname + address.search);
  }

  function dress() {
    const style = document.documentElement.style;
    if (Number(page.dataset.scale) !== 1) style.setProperty("--scale", page.dataset.scale);
    if (Number(page.dataset.overscan)) style.setProperty("--overscan", page.dataset.overscan);
  }

  for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) {
    window.addEventListener(kind, () => { errors += 1; });
  }
  document.addEventListener("htmx:ws:before:message:incoming", receive);
  document.addEventListener("htmx:ws:after:message:incoming", swapped);
  document.addEventListener("wall:missing", ask);
  document.addEventListener("wall:darkened", report);
  document.addEventListener("wall:obeyed", report);
  setInterval(report, 1000 * Number(page.dataset.report));
  turn();
  guard.open();
  dress();
})();
