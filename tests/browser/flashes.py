"""Flashes: what moves is held, looked at twenty times a second, and its brightness compared.

Stricter than WCAG 2.3.1, where a flash is a pair of opposing changes: three changes in any second
are allowed, of a tenth of the full brightness where the darker one is below 0.8.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from tests.browser.puppet import until

STEP_MS = 50
LENGTH_MS = 2400
COLUMNS, ROWS = 48, 27
CHANGE, DARKER = 0.1, 0.8
ALLOWED = 3
SECOND = 1000 // STEP_MS

# Whatever is asked to move waits to be moved by us.
HELD = """
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...asked) {
    const playing = animate.apply(this, asked);
    playing.pause();
    return playing;
  };
"""
SEEK = """(at) => document.getAnimations().forEach((one) => {
  const ends = one.effect.getComputedTiming().endTime;
  if (at < ends) { one.pause(); one.currentTime = at; } else one.finish();
})"""
# The relative brightness of each cell of a picture.
BRIGHT = """async ([data, columns, rows]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  pen.drawImage(image, 0, 0);
  const {data: pixels} = pen.getImageData(0, 0, image.width, image.height);
  const wide = image.width / columns, high = image.height / rows;
  const sums = new Float64Array(columns * rows), seen = new Float64Array(columns * rows);
  const linear = [...Array(256).keys()].map((one) => {
    const c = one / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  for (let y = 0; y < image.height; y++) for (let x = 0; x < image.width; x++) {
    const at = 4 * (y * image.width + x);
    const cell = Math.floor(y / high) * columns + Math.floor(x / wide);
    sums[cell] += 0.2126 * linear[pixels[at]] + 0.7152 * linear[pixels[at + 1]]
      + 0.0722 * linear[pixels[at + 2]];
    seen[cell] += 1;
  }
  return [...sums].map((sum, cell) => sum / seen[cell]);
}"""


@contextmanager
def flashing(page: Page) -> Iterator[Callable[[str], float]]:
    """Gives a function: of what has just begun, the share of the picture that changes too often."""
    page.evaluate("() => {" + HELD + "}")
    eye = page.context.new_page()
    ear = page.context.new_cdp_session(page)

    def brightness() -> list[float]:
        data = ear.send("Page.captureScreenshot", {"format": "png"})["data"]
        assert base64.b64decode(data)
        found: list[float] = eye.evaluate(BRIGHT, [data, COLUMNS, ROWS])
        return found

    def worst(begun: str) -> float:
        until(page, "(of) => document.querySelector(of) && document.getAnimations().length", begun)
        pictures = [still.pop()]
        for at in range(0, LENGTH_MS, STEP_MS):
            page.evaluate(SEEK, at)
            pictures.append(brightness())
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        still.append(brightness())
        cells = [changes(list(cell)) for cell in zip(*pictures, *still, strict=True)]
        return sum(most > ALLOWED for most in cells) / len(cells)

    still = [brightness()]
    yield worst
    eye.close()


def changes(brightness: list[float]) -> int:
    """The most opposing changes in any second of what one place showed, 50 ms apart."""
    turns: list[tuple[int, int]] = []
    low = high = brightness[0]
    for at, now in enumerate(brightness):
        low, high = min(low, now), max(high, now)
        for way, change, darker in ((1, now - low, low), (-1, high - now, now)):
            if change >= CHANGE and darker < DARKER:
                if not turns or turns[-1][1] != way:
                    turns.append((at, way))
                low = high = now
    counted = [sum(start <= at < start + SECOND for at, _way in turns) for start, _way in turns]
    return max(counted, default=0)
