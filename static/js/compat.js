/* What Chromium 85 to 88 lacks and htmx 4 uses: replaceChildren, and a selector of this one form. */
(() => {
  "use strict";

  const lacksChildren = (kind) => !("replaceChildren" in kind.prototype);
  for (const kind of [Element, DocumentFragment].filter(lacksChildren)) {
    kind.prototype.replaceChildren = function (...nodes) {
      while (this.lastChild) this.removeChild(this.lastChild);
      this.append(...nodes);
    };
  }

  const TITLE = "title:not(svg title)";
  try {
    document.createDocumentFragment().querySelector(TITLE);
  } catch (error) {
    const plain = DocumentFragment.prototype.querySelector;
    DocumentFragment.prototype.querySelector = function (selector) {
      if (selector !== TITLE) return plain.call(this, selector);
      for (const title of this.querySelectorAll("title")) {
        if (!title.closest("svg")) return title;
      }
      return null;
    };
  }
})();
