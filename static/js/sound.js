/* A short tone for who asked for it: off unless the board says so, and never the only sign. While a
   screen is being set up, it says when its browser lets no sound through. */
(() => {
  "use strict";

  const stage = document.getElementById("stage");
  const SETUP = 30000;
  const PAUSE = 2000;
  const NOTES = { voice: [659], milestone: [523, 659, 784] };
  const LOUD = 0.06;

  const Sound = window.AudioContext || window.webkitAudioContext;
  if (stage.dataset.sound !== "on" || !Sound) return;

  const sound = new Sound();
  let lastAt = -Infinity;

  function tone(pitch, at) {
    const voice = sound.createOscillator();
    const gain = sound.createGain();
    voice.type = "sine";
    voice.frequency.value = pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUD, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
    voice.connect(gain).connect(sound.destination);
    voice.start(at);
    voice.stop(at + 0.65);
  }

  function play(name) {
    const now = performance.now();
    if (sound.state !== "running" || now - lastAt < PAUSE) return;
    lastAt = now;
    NOTES[name].forEach((pitch, nth) => tone(pitch, sound.currentTime + 0.14 * nth));
  }

  /* Browsers keep a page silent that nobody has touched, unless they were started to allow it. */
  function warn() {
    if (sound.state === "running") return;
    const rail = document.getElementById("rail");
    const mark = document.createElement("p");
    mark.className = "silent";
    mark.textContent = (rail && rail.dataset.silent) || "sound is blocked in this browser";
    stage.append(mark);
    const end = () => mark.remove();
    sound.addEventListener("statechange", end);
    setTimeout(end, SETUP);
  }

  document.addEventListener("wall:voice", (event) => { if (event.detail.glad) play("voice"); });
  document.addEventListener("wall:milestone", () => play("milestone"));
  for (const touch of ["pointerdown", "keydown"]) {
    document.addEventListener(touch, () => { sound.resume(); });
  }
  setTimeout(warn, 1000);
})();
