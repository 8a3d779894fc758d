/* Chromium 85 is the oldest engine that reads our other scripts. On an older one the first picture
   would stand for ever and look alive; it gets the same picture without scripts, which the browser
   itself fetches again. In words that all of them read. */
(function () {
  "use strict";

  if (String.prototype.replaceAll && window.WebSocket) return;
  var page = document.getElementById("socket");
  var turned = page.getAttribute("data-turns") === "true" && innerHeight > innerWidth;
  location.replace(page.getAttribute("data-still") + (turned ? "&orientation=portrait" : ""));
})();
