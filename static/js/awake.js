/* Asks the set not to fall asleep while its wall is lit, where a browser can. It only can on https and
   by its own leave, so this is a gift: what keeps a wall awake is the set's own settings. What became
   of it is reported. A wall that rests lets the set rest too. */
(() => {
  "use strict";

  const PAUSE = 30000;
  const stage = document.getElementById("stage");
  let lock = null;
  let asking = false;
  let said = navigator.wakeLock ? "refused" : "unknown";

  const rests = () => stage.dataset.scene === "night" || stage.classList.contains("blank");

  async function look() {
    if (!navigator.wakeLock || document.hidden || asking) return;
    asking = true;
    try {
      if (rests()) {
        if (lock) await lock.release();
        said = "resting";
      } else if (!lock) {
        lock = await navigator.wakeLock.request("screen");
        lock.addEventListener("release", () => { lock = null; });
        said = "held";
      }
    } catch (error) {
      said = "refused";
    }
    asking = false;
  }

  window.wall.awake = { look, said: () => said };
  document.addEventListener("visibilitychange", look);
  new MutationObserver(look).observe(stage, { attributes: true, attributeFilter: ["data-scene", "class"] });
  setInterval(look, PAUSE);
  look();
})();
