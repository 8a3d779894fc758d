/* What the server may order: reload, identify, blank, unpair. A page never leaves for a server that
   is not well: it looks first, and what it shows stays until the answer is good. */
(() => {
  "use strict";

  const { limits } = window.wall.guard;
  const stage = document.getElementById("stage");
  const RETRY = 5000;
  const IDENTIFY = 15000;
  let leaving = false;

  function leaveFor(address, delay) {
    if (leaving) return;
    leaving = true;
    setTimeout(() => look(address), delay);
  }

  async function look(address) {
    try {
      const answer = await fetch(address, { cache: "no-store", credentials: "same-origin" });
      if (answer.status === 200) {
        location.replace(address);
        return;
      }
    } catch (error) {
      /* not reachable: the picture stays */
    }
    setTimeout(() => look(address), RETRY);
  }

  const here = () => location.pathname + location.search;

  function identify(name) {
    const card = document.createElement("section");
    const words = document.createElement("p");
    card.className = "scene identify called";
    words.className = "display";
    words.textContent = name || stage.dataset.name;
    card.append(words);
    stage.append(card);
    setTimeout(() => card.remove(), IDENTIFY);
  }

  const orders = {
    reload: () => leaveFor(here(), 0),
    unpair: () => leaveFor("/screen", 0),
    identify: (told) => identify(told.name),
    blank: () => stage.classList.toggle("blank"),
  };

  window.wall.orders = {
    obey(told) {
      if (Object.prototype.hasOwnProperty.call(orders, told.do)) orders[told.do](told);
    },
    /* Another build: everybody reloads, but not everybody at once. */
    renew: () => leaveFor(here(), Math.random() * 1000 * Number(limits.spread)),
  };
})();
