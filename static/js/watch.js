/* [data-watch] is asked for anew every two seconds while somebody looks. Only what changed is put in,
   by its id, so that the focus stays where it is and a screen reader hears the answer alone. */
(() => {
  "use strict";

  const PAUSE = 2000;

  function put(part, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const named = (root) => [...root.children].map((one) => one.id).join(" ");
    if (named(part) !== named(fresh.content)) {
      part.innerHTML = html;
      return;
    }
    for (const one of fresh.content.querySelectorAll("[id]")) {
      const old = document.getElementById(one.id);
      const holds = one.querySelector("[id]");
      if (old && !holds && old.innerHTML !== one.innerHTML) old.innerHTML = one.innerHTML;
    }
  }

  async function look(part) {
    try {
      if (!document.hidden) {
        const answer = await fetch(part.dataset.watch, { credentials: "same-origin", cache: "no-store" });
        if (answer.redirected) location.reload();
        else if (answer.ok) put(part, await answer.text());
      }
    } catch (error) {
      /* not reachable: what stands there says itself when it was heard */
    }
    setTimeout(look, PAUSE, part);
  }

  for (const part of document.querySelectorAll("[data-watch]")) setTimeout(look, PAUSE, part);
})();
