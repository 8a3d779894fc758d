/* Whether we are still heard. 15 s of silence: say so and open a new socket. 60 s: say since when.
   10 minutes: show nothing of people. A screen that cannot be touched must tell the truth. */
(() => {
  "use strict";

  const { clock, rotation } = window.wall;
  const stage = document.getElementById("stage");
  const limits = { ...document.getElementById("socket").dataset };
  const seconds = (name) => 1000 * Number(limits[name]);
  const NORMAL = "";

  /* A page that worker.js kept: nobody was heard since it was put aside, and it says so at once. */
  let kept = "kept" in limits;
  let heardAt = kept ? -Infinity : performance.now();
  let heardTime = kept ? Date.parse(limits.at) : null;
  let replacedAt = 0;
  let connection = null;

  function heard() {
    if (kept) clock.begin();
    kept = false;
    heardAt = performance.now();
    heardTime = clock.now();
    stage.classList.remove("unheard");
    if (stage.classList.contains("waiting") || stage.classList.contains("offline")) say(NORMAL);
    rotation.remember();
  }

  function say(state) {
    for (const one of ["waiting", "offline"]) stage.classList.toggle(one, one === state);
    const word = document.querySelector(".freshness-word");
    if (!word) return;
    const since = clock.shown(heardTime === null ? clock.now() : heardTime);
    const rail = document.getElementById("rail");
    const words = { waiting: "waiting", offline: "offline since {time}", ...(rail && rail.dataset) };
    word.textContent = (state && words[state] || "").replace("{time}", since);
  }

  /* A socket that has gone deaf does not even close; a new element gets a new one at once. */
  function open() {
    replacedAt = performance.now();
    const old = document.getElementById("socket");
    const fresh = old.cloneNode(true);
    fresh.removeAttribute("data-htmx-powered");
    old.replaceWith(fresh);
    if (connection) {
      clearTimeout(connection.timer);
      if (connection.socket) connection.socket.close();
      connection = null;
    }
    window.htmx.process(fresh);
  }

  function watch() {
    const now = performance.now();
    const silence = now - heardAt;
    if (silence < seconds("waiting")) return;
    say(silence < seconds("offline") ? "waiting" : "offline");
    if (silence >= seconds("forget")) rotation.forget();
    if (now - Math.max(heardAt, replacedAt) >= seconds("waiting")) open();
  }

  /* Sends to the server if it can be reached now; true when it was handed over. */
  function send(message) {
    const socket = connection && connection.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  document.addEventListener("htmx:ws:before:connection", (event) => {
    connection = event.detail.connection;
  });

  const isHeard = () => performance.now() - heardAt < seconds("waiting");

  window.wall.guard = { heard, isHeard, open, send, limits };
  setInterval(watch, 250);
})();
