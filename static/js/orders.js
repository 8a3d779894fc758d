/* What the server may order: reload, identify, blank, unblank, unpair. Said twice it is the same as
   once. A page never leaves for a server that is not well: it looks first, and what it shows stays
   until the answer is good. */
(() => {
  "use strict";

  const { limits } = window.wall.guard;
  const stage = document.getElementById("stage");
  const BLANK = "blank";
  let leaving = false;
  let obeyed = 0;

  function leaveFor(address, delay) {
    if (leaving) return;
    leaving = true;
    setTimeout(() => look(address), delay);
  }

  async function look(address) {
    const patience = new AbortController();
    const giveUp = setTimeout(() => patience.abort(), 1000 * Number(limits.waiting));
    const how = { cache: "no-store", credentials: "same-origin", signal: patience.signal };
    try {
      const answer = await fetch(address, how);
      if (answer.status === 200) {
        location.replace(address);
        return;
      }
    } catch (error) {
      /* not reachable, or never answering: the picture stays */
    } finally {
      clearTimeout(giveUp);
    }
    setTimeout(() => look(address), 1000 * Number(limits.retry));
  }

  const here = () => location.pathname + location.search;

  /* In the language of the wall, which the rail speaks. */
  function said(name, plain) {
    const rail = document.getElementById("rail");
    return (rail && rail.dataset[name]) || plain;
  }

  /* The screen's number as large as can be, and its name. */
  function identify(told) {
    if (document.querySelector(".called")) return;
    const card = document.createElement("section");
    card.className = "scene identify called";
    const lines = { label: said("called", "this is screen"), display: told.number, lead: told.name };
    for (const [kind, words] of Object.entries(lines)) {
      const line = document.createElement("p");
      line.className = kind;
      line.dir = "auto";
      line.textContent = words || "";
      card.append(line);
    }
    stage.append(card);
    setTimeout(() => card.remove(), 1000 * Number(limits.identify));
  }

  const isDark = () => stage.classList.contains(BLANK);

  /* A dark screen stays dark when its page is loaded anew. Whoever darkened it waits for our word. */
  function darken(dark) {
    if (isDark() !== dark) setTimeout(() => document.dispatchEvent(new CustomEvent("wall:darkened")));
    stage.classList.toggle(BLANK, dark);
    try {
      if (dark) sessionStorage.setItem(BLANK, "yes");
      else sessionStorage.removeItem(BLANK);
    } catch (error) {
      /* a browser that keeps nothing: dark until the next load */
    }
  }

  function wasDark() {
    try {
      return sessionStorage.getItem(BLANK) !== null;
    } catch (error) {
      return false;
    }
  }

  const orders = {
    reload: () => leaveFor(here(), 0),
    unpair: () => leaveFor("/screen", 0),
    identify,
    blank: () => darken(true),
    unblank: () => darken(false),
  };

  window.wall.orders = {
    obey(told) {
      if (!Object.prototype.hasOwnProperty.call(orders, told.do)) return;
      orders[told.do](told);
      if (!told.order) return;
      obeyed = told.order;
      document.dispatchEvent(new CustomEvent("wall:obeyed"));
    },
    /* The number of the last order: whoever gave it waits for our word. */
    obeyed: () => obeyed,
    /* Another build: everybody reloads, but not everybody at once. */
    renew: () => leaveFor(here(), Math.random() * 1000 * Number(limits.spread)),
    reload: orders.reload,
    isDark,
  };

  if (wasDark()) darken(true);
})();
