/* What is celebrated once: the rail tells how far the wall has come, and a screen that knew less
   says the words. What is being read is never covered; the words wait for the next scene. */
(() => {
  "use strict";

  const { rotation } = window.wall;
  const SHOWN = 7000;
  const DOTS = 24;
  const SVG = "http://www.w3.org/2000/svg";
  const EASE = "cubic-bezier(.2,.7,.2,1)";
  const stage = document.getElementById("stage");

  const reached = new Map();
  const waiting = [];
  let banner = null;

  /* What has been passed since the last look; the first look only learns. */
  function look() {
    const news = [];
    for (const one of document.querySelectorAll("#slot-rail .milestones li")) {
      const { key, level } = one.dataset;
      if (reached.has(key) && Number(level) > reached.get(key)) news.push(one.textContent.trim());
      reached.set(key, Math.max(Number(level), reached.get(key) || 0));
    }
    return news;
  }

  function arrive() {
    waiting.push(...look());
    next();
  }

  const isRead = () => rotation.scene === "story" || stage.hasAttribute("data-takeover");

  function next() {
    if (banner || !waiting.length || isRead()) return;
    banner = document.createElement("p");
    banner.className = "milestone";
    const words = document.createElement("b");
    words.textContent = waiting.shift();
    banner.append(words, row());
    stage.append(banner);
    document.dispatchEvent(new CustomEvent("wall:milestone"));
    setTimeout(leave, SHOWN);
    if (banner.animate) enter();
  }

  /* A line of dots that falls in from one end to the other. */
  function row() {
    const line = document.createElementNS(SVG, "svg");
    line.setAttribute("viewBox", `-1.2 -1.2 ${(DOTS - 1) * 2.7 + 2.4} 2.4`);
    line.setAttribute("aria-hidden", "true");
    for (let at = 0; at < DOTS; at += 1) {
      const dot = document.createElementNS(SVG, "use");
      dot.setAttribute("href", "#gold");
      dot.setAttribute("x", at * 2.7);
      line.append(dot);
    }
    return line;
  }

  function enter() {
    const still = rotation.still();
    banner.animate({ opacity: [0, 1] }, { duration: 200 });
    if (still) return;
    [...banner.querySelectorAll("use")].forEach((dot, at) => {
      const frames = { transform: ["translateY(-6px)", "none"], opacity: [0, 1] };
      dot.animate(frames, { duration: 700, delay: 30 * at, easing: EASE, fill: "backwards" });
    });
  }

  function leave() {
    const old = banner;
    const end = () => {
      old.remove();
      banner = null;
      next();
    };
    if (!old.animate) return end();
    old.animate({ opacity: [1, 0] }, { duration: 200, fill: "forwards" }).onfinish = end;
  }

  look();
  document.addEventListener("wall:swapped", arrive);
  document.addEventListener("wall:snapped", arrive);
  new MutationObserver(next).observe(stage, { attributes: true, attributeFilter: ["data-scene"] });
})();
