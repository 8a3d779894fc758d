/* Which scene is on show. Derived from the plan and the server's time, so that two TVs agree.
   Each step of the plan has its slot on the page; a slot is filled shortly before it is shown and
   emptied after. A step whose slot is empty waits for it, and the picture before it stays. */
(() => {
  "use strict";

  const { clock } = window.wall;
  const CHANGE = 450;
  const DOTS = 10;
  const picture = document.getElementById("picture");
  const stage = document.getElementById("stage");
  const dots = document.getElementById("steps");
  const socket = document.getElementById("socket");

  let plan = null;
  let shown = picture.firstElementChild;
  let forgetful = false;

  const keyOf = (step) => `slot-${step.scene}-${step.item}`;

  function slotOf(step) {
    let slot = document.getElementById(keyOf(step));
    if (!slot) {
      slot = document.createElement("div");
      slot.id = keyOf(step);
      slot.dataset.scene = step.scene;
      slot.hidden = true;
      picture.append(slot);
    }
    if (step.personal) slot.dataset.personal = "";
    return slot;
  }

  /* The plan from now on: slots for all its steps, none for any other but the one on show. What
     waits behind it and is not in this `content`, the whole picture, may have been taken back. */
  function follow(told, content) {
    plan = told;
    const steps = [...plan.steps, ...(plan.next ? plan.next.steps : [])]
      .concat(plan.takeover || []);
    const wanted = new Set(steps.map(slotOf));
    for (const slot of [...picture.children]) {
      if (slot === shown) continue;
      if (!wanted.has(slot)) slot.remove();
      else if (content !== undefined && !content.includes(`"#${slot.id}"`)) slot.replaceChildren();
    }
  }

  function running(now) {
    return plan.next && now >= Date.parse(plan.next.loop_at) ? plan.next : plan;
  }

  /* {step, share}: what should be on show now and how much of its time has gone. What comes between
     has its own moment, and the plan is late by its length ever after. */
  function due(moment) {
    const between = plan.takeover;
    const late = between ? 1000 * between.seconds : 0;
    const into = between ? moment - Date.parse(between.at) : -1;
    if (into >= 0 && into < late) return { step: between, share: into / late, between: true };
    return planned(into >= 0 ? moment - late : moment);
  }

  function planned(now) {
    const { loop_at: loopAt, steps } = running(now);
    const length = steps.reduce((sum, step) => sum + step.seconds, 0) * 1000;
    let into = (((now - Date.parse(loopAt)) % length) + length) % length;
    for (const step of steps) {
      const share = into / (step.seconds * 1000);
      if (share < 1) return { step, share, first: step === steps[0] };
      into -= step.seconds * 1000;
    }
    return null;
  }

  function still() {
    return stage.dataset.motion !== "full"
      || (window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  function change(slot) {
    const before = shown;
    shown = slot;
    stage.dataset.scene = slot.dataset.scene;
    slot.hidden = false;
    if (before && before !== slot) leave(before);
    if (!slot.animate) return;
    const drift = still() ? {} : { transform: ["translateY(var(--drift, 1.5%))", "none"] };
    slot.animate({ opacity: [0, 1], ...drift }, { duration: still() ? 200 : CHANGE, easing: "ease-out" });
  }

  function leave(slot) {
    const end = () => {
      if (slot === shown) return;
      slot.hidden = true;
      slot.replaceChildren();
    };
    if (!slot.animate || still()) return end();
    const fading = slot.animate({ opacity: [1, 0] }, { duration: CHANGE, easing: "ease-in" });
    fading.onfinish = end;
    fading.oncancel = end;
  }

  function progress(share) {
    if (!dots) return;
    while (dots.children.length < DOTS) dots.append(document.createElement("li"));
    [...dots.children].forEach((dot, at) => dot.classList.toggle("done", at < share * DOTS));
  }

  function tick() {
    if (!plan || plan.steps.length === 0) return;
    const now = due(clock.now());
    if (!now) return;
    const slot = slotOf(now.step);
    progress(now.share);
    stage.toggleAttribute("data-takeover", Boolean(now.between));
    stage.toggleAttribute("data-first", Boolean(now.first));
    if (slot === shown || (forgetful && now.step.personal)) return;
    if (slot.childElementCount) change(slot);
    else document.dispatchEvent(new CustomEvent("wall:missing", { detail: now.step }));
  }

  /* Nobody was heard for so long that what we show of people may have been taken back. */
  function forget() {
    forgetful = true;
    for (const slot of picture.querySelectorAll("[data-personal]")) slot.replaceChildren();
  }

  window.wall.rotation = {
    follow,
    forget,
    remember() { forgetful = false; },
    tick,
    still,
    get plan() { return plan; },
    get scene() { return stage.dataset.scene; },
  };

  const own = new Date().toISOString();
  clock.correct("kept" in socket.dataset && own > socket.dataset.at ? own : socket.dataset.at);
  follow(JSON.parse(socket.dataset.plan));
  setInterval(tick, 200);
})();
