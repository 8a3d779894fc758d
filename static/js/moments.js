/* The moments that move: a new voice slides in along the rail and rings once. Only transform and
   opacity, everything ends by itself, and many at once are one moment: "+5 voices". */
(() => {
  "use strict";

  const { rotation } = window.wall;
  const DROP = 700;
  const RIPPLE = 900;
  const CLUSTER = 2200;
  const WINDOW = 2000;
  const FEW = 3;
  const EASE = "cubic-bezier(.2,.7,.2,1)";

  const known = new Set();
  let recent = [];
  let said = null;

  const dotsOf = () => [...document.querySelectorAll("#slot-rail .dot[id]")];

  function look() {
    const dots = dotsOf();
    const fresh = dots.filter((dot) => !known.has(dot.id) && !("past" in dot.dataset));
    known.clear();
    dots.forEach((dot) => known.add(dot.id));
    return fresh;
  }

  function arrive() {
    const fresh = look();
    if (!fresh.length) return;
    const now = performance.now();
    recent = recent.filter((at) => now - at < WINDOW).concat(fresh.map(() => now));
    const many = recent.length > FEW;
    if (many) cluster(recent.length);
    else fresh.forEach(drop);
    const glad = fresh.some((dot) => dot.dataset.kind === "promoter");
    document.dispatchEvent(new CustomEvent("wall:voice", { detail: { many, glad } }));
  }

  function drop(dot) {
    if (!dot.animate) return;
    if (rotation.still()) {
      dot.animate({ opacity: [0, 1] }, { duration: 200 });
      return;
    }
    const from = document.dir === "rtl" ? "translateX(-5px)" : "translateX(5px)";
    const frames = { transform: [from, "none"], opacity: [0, 1] };
    dot.animate(frames, { duration: DROP, easing: EASE });
    if (dot.dataset.kind === "promoter") ripple(dot);
  }

  function ripple(dot) {
    const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    ring.setAttribute("class", "ripple");
    ring.setAttribute("cx", dot.getAttribute("x") || 0);
    ring.setAttribute("cy", dot.getAttribute("y") || 0);
    ring.setAttribute("r", 1);
    ring.setAttribute("fill", "none");
    ring.setAttribute("stroke", "currentColor");
    ring.setAttribute("stroke-width", ".2");
    dot.after(ring);
    const at = `${ring.getAttribute("cx")}px ${ring.getAttribute("cy")}px`;
    ring.style.setProperty("transform-origin", at);
    const frames = { transform: ["scale(1)", "scale(3)"], opacity: [0.9, 0] };
    const playing = ring.animate(frames, { duration: RIPPLE, easing: EASE });
    playing.onfinish = playing.oncancel = () => ring.remove();
  }

  /* One sentence for all of them; it counts on while more arrive. */
  function cluster(count) {
    const stage = document.getElementById("stage");
    if (!said) {
      said = document.createElement("p");
      said.className = "cluster";
      stage.append(said);
    }
    const rail = document.getElementById("rail");
    const words = (rail && rail.dataset.cluster) || "+{n} voices";
    said.textContent = words.replace("{n}", count);
    const frames = rotation.still()
      ? { opacity: [0, 1, 1, 0] }
      : { opacity: [0, 1, 1, 0], transform: ["translateY(30%)", "none", "none", "none"] };
    said.getAnimations().forEach((playing) => playing.cancel());
    const playing = said.animate(frames, { duration: CLUSTER, easing: EASE });
    playing.onfinish = () => {
      if (said) said.remove();
      said = null;
    };
  }

  look();
  document.addEventListener("wall:swapped", arrive);
  document.addEventListener("wall:snapped", look);
})();
