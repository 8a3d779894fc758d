// Words to tap instead of a field to type in: what is struck out is left out of the field.
(() => {
  "use strict";

  const field = document.querySelector("[data-cutting] textarea");
  const place = document.querySelector("[data-cutting] .words");
  if (!field || !place) return;
  const words = field.dataset.whole.split(/\s+/).filter(Boolean);

  // Where the words of the version that is there stand in the whole; the server does the same.
  const kept = new Set();
  let at = 0;
  for (const run of field.value.split(/(?:^|\s)\u2026(?=\s|$)/)) {
    const parts = run.split(/\s+/).filter(Boolean);
    const together = words.findIndex(
      (_, start) => start >= at && parts.every((part, step) => words[start + step] === part),
    );
    if (!parts.length || together < 0) continue;
    parts.forEach((_, step) => kept.add(together + step));
    at = together + parts.length;
  }

  const write = () => {
    const parts = [];
    words.forEach((word, index) => {
      if (kept.has(index)) parts.push(word);
      else if (parts[parts.length - 1] !== "\u2026") parts.push("\u2026");
    });
    field.value = parts.join(" ");
  };

  words.forEach((word, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word;
    button.setAttribute("aria-pressed", kept.has(index));
    button.addEventListener("click", () => {
      if (!kept.delete(index)) kept.add(index);
      button.setAttribute("aria-pressed", kept.has(index));
      write();
    });
    place.append(button);
  });
  field.parentElement.hidden = true;
  place.hidden = false;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", "Words that stay: tap one to leave it out");
})();
