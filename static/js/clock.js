/* The server's time on this screen. A TV's own clock may be years off; every message carries `at`. */
(() => {
  "use strict";

  const SAMPLES = 12;
  const samples = [];
  let offset = 0;

  const clock = {
    /* Milliseconds since 1970 by the server's clock. */
    now: () => performance.now() + offset,

    /* A message arrives late or just in time, never early: the largest offset is the truest. */
    correct(at) {
      const sample = Date.parse(at) - performance.now();
      if (Number.isNaN(sample)) return;
      samples.push(sample);
      if (samples.length > SAMPLES) samples.shift();
      offset = Math.max(...samples);
    },

    /* Forgets what it was set by: a kept page knew no better than the TV's own clock. */
    begin() {
      samples.length = 0;
    },

    /* "14:32" of a moment in the board's own zone, which the rail's <time> tells by its offset. */
    shown(moment) {
      const time = document.querySelector("#slot-rail time");
      const zone = /([+-])(\d\d):(\d\d)$/.exec((time && time.getAttribute("datetime")) || "");
      const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (60 * zone[2] + 1 * zone[3]) : 0;
      return new Date(moment + 60000 * minutes).toISOString().slice(11, 16);
    },
  };

  /* The rail's clock goes on when nobody is heard; the server writes it again with every minute. */
  setInterval(() => {
    const time = document.querySelector("#slot-rail time");
    if (!time || !/^\d\d:\d\d$/.test(time.textContent.trim())) return;
    const shown = clock.shown(clock.now());
    if (time.textContent.trim() !== shown) time.textContent = shown;
  }, 1000);

  window.wall = { clock };
})();
