/* [data-arrange] is a form with an ordered list: its lines are dragged by their handle, and where one
   is let go the form is sent with the whole order. Without this file its buttons do the same. */
(() => {
  "use strict";

  function names(list) {
    return [...list.children].map((line) => line.dataset.name).join(",");
  }

  function send(form, order, moved) {
    for (const [name, value] of Object.entries({ order, moved })) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    form.submit();
  }

  const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;

  /* The others step aside: a line that left its place itself would be let go by the browser. */
  function follow(line, y) {
    const { previousElementSibling: above, nextElementSibling: below } = line;
    if (above && y < middle(above)) line.after(above);
    else if (below && y > middle(below)) line.before(below);
    else return;
    follow(line, y);
  }

  function grab(form, list, event) {
    const handle = event.target.closest(".handle");
    if (!handle || event.button > 0) return;
    const line = handle.closest("li");
    const before = names(list);
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    line.classList.add("held");
    const move = (moved) => follow(line, moved.clientY);
    const drop = () => {
      line.classList.remove("held");
      for (const kind of ["pointermove", "pointerup", "pointercancel"]) {
        handle.removeEventListener(kind, kind === "pointermove" ? move : drop);
      }
      if (names(list) !== before) send(form, names(list), line.dataset.name);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", drop);
    handle.addEventListener("pointercancel", drop);
  }

  for (const form of document.querySelectorAll("[data-arrange]")) {
    const list = form.querySelector("ol");
    form.classList.add("drags");
    list.addEventListener("pointerdown", (event) => grab(form, list, event));
  }
})();
