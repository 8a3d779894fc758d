// A part of the page that is asked for again while somebody looks: data-again says where, data-seconds how often.
(() => {
  "use strict";

  for (const part of document.querySelectorAll("[data-again]")) {
    const ask = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(part.dataset.again, { headers: { "HX-Request": "true" } });
          const words = await answer.text();
          if (answer.ok && words !== part.dataset.last) {
            part.replaceChildren(...new DOMParser().parseFromString(words, "text/html").body.children);
            part.dataset.last = words;
          }
        } catch {
          // The server is away; it is asked again.
        }
      }
      setTimeout(ask, Number(part.dataset.seconds) * 1000);
    };
    setTimeout(ask, Number(part.dataset.seconds) * 1000);
  }
})();
