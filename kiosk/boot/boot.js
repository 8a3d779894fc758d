/* Reads what the agent beside us found, and leaves only for a server that is well. */
(() => {
  "use strict";

  const HEADLINES = {
    link: "No network is plugged in",
    address: "The network gives no address",
    name: "The server’s name is not known",
    server: "The server does not answer",
    board: "The server shows no board here",
  };
  const headline = document.getElementById("headline");
  const text = (element, words) => { if (element.textContent !== words) element.textContent = words; };

  function show(status) {
    let asking = true;
    let trouble = "";
    for (const check of status.checks) {
      const line = document.querySelector(`[data-check="${check.name}"]`);
      const state = check.ok === true ? "ok" : check.ok === false ? "failed" : asking ? "asking" : "";
      if (line.className !== state) line.className = state;
      text(line.lastElementChild, check.words);
      if (state !== "ok") asking = false;
      if (state === "failed") trouble = HEADLINES[check.name];
    }
    text(headline, trouble || (status.go ? "All is well" : "This screen is starting"));
    text(document.getElementById("name"), status.name);
    if (status.go) location.replace(status.go);
  }

  /* A page of the file system may not fetch, but it may read a script: the agent writes one. */
  window.told = show;
  function ask() {
    const script = document.createElement("script");
    script.src = `file://${location.hash.slice(1)}?${Date.now()}`;
    script.onload = script.onerror = () => script.remove();
    document.head.append(script);
  }

  function tick() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    text(document.getElementById("clock"), `${two(now.getHours())}:${two(now.getMinutes())}`);
  }

  tick();
  setInterval(tick, 1000);
  ask();
  setInterval(ask, 1000);
})();
