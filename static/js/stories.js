// Stories by keyboard and by swipe. Every press is a button that stands on the page as well.
(() => {
  "use strict";

  const FAR = 96; // px: less is a hand that scrolls
  const all = [...document.querySelectorAll("[data-story]")];
  let chosen = all.length === 1 ? 0 : -1;

  const choose = (at) => {
    if (!all.length) return;
    if (chosen >= 0) all[chosen].classList.remove("chosen");
    chosen = Math.max(0, Math.min(all.length - 1, at));
    all[chosen].classList.add("chosen");
    // Scrolls by itself; asking for both would lay the whole queue out twice.
    all[chosen].focus();
  };

  const pressIn = (place, key) => {
    const found = place && place.querySelector(`[data-key="${key}"]`);
    if (!found || found.disabled) return;
    // A second press waits for nobody: this page is on its way out.
    if (found.form) {
      if (found.form.dataset.sent) return;
      found.form.dataset.sent = "yes";
    }
    found.click();
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "j") choose(chosen + 1);
    else if (event.key === "k") choose(chosen - 1);
    else if (event.key === "u") pressIn(document.querySelector(".after"), "u");
    else if ("rhxc".includes(event.key)) pressIn(all[chosen], event.key);
    else return;
    event.preventDefault();
  });

  // Whoever comes back by the browser's button finds everything unpressed.
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  for (const story of all) {
    let from = null;
    const end = (event) => {
      if (!from) return;
      const way = event.clientX - from.x;
      from = null;
      story.classList.remove("pulled", "far-right", "far-left");
      story.style.removeProperty("--pull");
      if (event.type !== "pointerup" || Math.abs(way) < FAR) return;
      pressIn(story, way > 0 ? "r" : "h");
    };
    story.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" || event.target.closest("button, a, textarea")) return;
      from = { x: event.clientX, y: event.clientY };
    });
    story.addEventListener("pointermove", (event) => {
      if (!from) return;
      const way = event.clientX - from.x;
      if (Math.abs(way) < Math.abs(event.clientY - from.y)) return;
      story.classList.add("pulled");
      story.classList.toggle("far-right", way > FAR);
      story.classList.toggle("far-left", way < -FAR);
      story.style.setProperty("--pull", `${way}px`);
    });
    story.addEventListener("pointerup", end);
    story.addEventListener("pointercancel", end);
  }
})();
