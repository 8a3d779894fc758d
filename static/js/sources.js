/* A source that is being set up says by itself when something arrived; what has to be taken to
   another page gets a button that copies it. Without a script the page reloads, and one selects. */
(() => {
  "use strict";

  const PAUSE = 3000;

  async function look() {
    const shown = document.querySelector("[data-arrival]");
    if (!shown || "over" in shown.dataset) return;
    try {
      const answer = await fetch(shown.dataset.arrival, {
        cache: "no-store",
        credentials: "same-origin",
        redirect: "error",
      });
      if (answer.ok) put(shown, await answer.text());
      else if (answer.status === 401 || answer.status === 404) return;
    } catch (error) {
      /* not reachable: what is shown stays */
    }
    setTimeout(look, PAUSE);
  }

  function put(shown, html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const fresh = parsed.querySelector("[data-arrival]");
    if (!fresh || fresh.textContent === shown.textContent) return;
    shown.className = fresh.className;
    if ("over" in fresh.dataset) shown.dataset.over = "";
    shown.replaceChildren(...fresh.children);
  }

  async function copy(button, words) {
    try {
      await navigator.clipboard.writeText(words);
    } catch (error) {
      /* plain http knows no clipboard; the old way does */
      const field = document.createElement("textarea");
      field.value = words;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  for (const one of document.querySelectorAll(".copied, [data-copied]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "calm copy";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(button, one.value || one.textContent));
    one.after(button);
  }

  setTimeout(look, PAUSE);
})();
