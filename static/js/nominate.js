// Nominations: people found while one types, characters counted, the wall looked at before sending.
(() => {
  "use strict";

  const PAUSE = 250;

  // Calls later, once nothing more happens for a moment.
  function settled(action) {
    let waiting = 0;
    return () => {
      clearTimeout(waiting);
      waiting = setTimeout(action, PAUSE);
    };
  }

  function search(field) {
    const list = document.getElementById(field.dataset.search);
    document.documentElement.classList.add("searching");
    let asked = field.value;
    field.addEventListener("input", settled(async () => {
      if (field.value === asked) return;
      asked = field.value;
      const mine = asked;
      const answer = await fetch(`/nominations?q=${encodeURIComponent(mine)}`).catch(() => null);
      if (!answer || !answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(list.id);
      if (found) list.replaceChildren(...found.childNodes);
    }));
  }

  function count(field) {
    const words = document.getElementById(field.dataset.count);
    const usual = words.textContent;
    const say = () => {
      // As the server counts: code points, without the space around.
      const length = [...field.value.trim()].length;
      const missing = field.minLength - length;
      words.textContent = length === 0 ? usual
        : missing > 0 ? `${missing} more` : `${field.maxLength - length} left`;
    };
    field.addEventListener("input", say);
    if (field.value) say();
  }

  function lookFirst(form) {
    const look = document.querySelector("[data-look]");
    const button = form.querySelector("[data-look-first]");
    if (!look || !button) return;
    const frame = look.querySelector("iframe");
    const draw = () => {
      const said = new FormData(form);
      const asked = ["reason", "badge", "story"].map((name) => [name, said.get(name) || ""]);
      const address = `${look.dataset.look}&${new URLSearchParams(asked)}`;
      // Not a page to go back to.
      frame.contentWindow.location.replace(address);
    };
    button.hidden = false;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      look.hidden = false;
      draw();
      look.scrollIntoView({ block: "nearest" });
    });
    const redraw = settled(() => look.hidden || draw());
    form.addEventListener("input", redraw);
  }

  document.querySelectorAll("[data-search]").forEach(search);
  document.querySelectorAll("[data-count]").forEach(count);
  document.querySelectorAll("[data-nomination]").forEach(lookFirst);
})();
