// A chosen file of people goes straight to the server, however long it is; pasting needs no script.
(function () {
  "use strict";
  var field = document.querySelector("[data-rosterfile]");
  if (!field || !window.fetch) return;
  var form = field.closest("form");
  var input = field.querySelector("input");
  field.hidden = false;
  form.addEventListener("submit", function (event) {
    var file = input.files && input.files[0];
    if (!file) return;
    event.preventDefault();
    fetch(form.action, {
      method: "POST",
      body: file,
      credentials: "same-origin",
      headers: {
        "Content-Type": "text/csv",
        "X-CSRF-Token": form.elements.csrf.value,
        Accept: "text/html",
      },
    }).then(function (answer) {
      if (answer.redirected) {
        location.assign(answer.url);
        return;
      }
      return answer.text().then(function (html) {
        var said = new DOMParser().parseFromString(html, "text/html").querySelector("#trouble");
        var line = document.getElementById("trouble") || document.createElement("p");
        line.id = "trouble";
        line.className = "trouble";
        line.setAttribute("role", "alert");
        line.textContent = said ? said.textContent : "The file was not taken.";
        form.before(line);
      });
    });
  });
})();
