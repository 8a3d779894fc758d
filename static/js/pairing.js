/* A browser that shows its code asks whether somebody has paired it, and moves on by itself. It
   leaves only for a server that has just answered. */
(() => {
  "use strict";

  const PAUSE = 2500;

  async function look() {
    try {
      const answer = await fetch("/screen/state", { cache: "no-store", credentials: "same-origin" });
      if (answer.status === 200 && (await answer.json()).state !== "waiting") {
        location.replace("/screen");
        return;
      }
    } catch (error) {
      /* not reachable: the code stays */
    }
    setTimeout(look, PAUSE);
  }

  setTimeout(look, PAUSE);
})();
