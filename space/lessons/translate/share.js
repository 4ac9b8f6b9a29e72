/* The card that a visitor shares: x, its translation and the way back, with the link that shows them again. A link has
 * no drawing and no upload in it: whoever opens it sees the same two sets and direction.
 */

import { decoded, make } from "../../page/dom.js";

const [WIDTH, HEIGHT, SIDE, GAP] = [1200, 630, 340, 45];
const FONT = '"Noto Sans KR", "Apple SD Gothic Neo", system-ui, sans-serif';

/** @param {string[]} urls of the three pictures
 * @param {string[]} names of the two domains
 * @param {{ there: string, back: string }} generators
 * @returns {Promise<HTMLCanvasElement>} */
export async function shareCard(urls, [source, target], { there, back }) {
  const canvas = make("canvas");
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext("2d");
  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, size = 24) => {
    context.font = `${size > 30 ? 700 : 500} ${size}px ${FONT}`;
    context.fillText(text, x, y, WIDTH - 40);
  };
  /** A formula in the middle of x, its indices below the line.
   * @param {string} text
   * @param {number} x
   * @param {number} y */
  const writeFormula = (text, x, y) => {
    const parts = text.split(/_([AB]{1,2})/); // text, index, text, ...
    const fonts = parts.map((_, i) => `500 ${i % 2 ? 16 : 24}px ${FONT}`);
    const widths = parts.map((part, i) => {
      context.font = fonts[i];
      return context.measureText(part).width;
    });
    context.textAlign = "left";
    let left = x - widths.reduce((sum, one) => sum + one, 0) / 2;
    for (const [i, part] of parts.entries()) {
      context.font = fonts[i];
      context.fillText(part, left, y + (i % 2 ? 7 : 0));
      left += widths[i];
    }
    context.textAlign = "center";
  };
  context.fillStyle = "#fff";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#312e81";
  context.textAlign = "center";
  write(`${source} → ${target} → ${source}`, WIDTH / 2, 66, 42);
  const captions = ["x", `${there}(x)`, `${back}(${there}(x))`];
  const left = (WIDTH - 3 * SIDE - 2 * GAP) / 2;
  for (const [i, url] of urls.entries()) {
    const image = await decoded(url);
    const x = left + i * (SIDE + GAP);
    context.imageSmoothingEnabled = image.naturalWidth > SIDE;
    context.drawImage(image, x, 110, SIDE, SIDE);
    context.strokeStyle = "#cbd5e1";
    context.strokeRect(x, 110, SIDE, SIDE);
    writeFormula(captions[i], x + SIDE / 2, 110 + SIDE + 38);
    if (i) write("→", x - GAP / 2, 110 + SIDE / 2, 30);
  }
  context.fillStyle = "#475569";
  write("CycleGAN · Generative Model Lab", WIDTH / 2, 552);
  write(window.location.href, WIDTH / 2, 592, 20);
  return canvas;
}
