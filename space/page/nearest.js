/* The training digit that is nearest to a sample, of all 60,000: the server searches for it (nearest.py).
 *
 *   const nearest = new Nearest(place)          PLACE or ASKING of nearest.py
 *   nearest.show("dcgan-mnist", image)          a picture of the model, (1, 28, 28, 1) or (1, 32, 32, 1)
 *   nearest.clear()                             what was shown is no longer there
 *
 * The newest `show` wins.
 */

import { inPath, ROOT } from "./dom.js";
import { pack } from "./live.js";
import { Waiting } from "./waiting.js";

/** @import { Tensor } from "../browser/nn.js" */

const SIDES = [28, 32]; // as in nearest.py
const PATIENCE_MS = 30_000;

/** Whether the training digits can be compared with such pictures.
 * @param {Tensor} image */
export const isComparable = ({ shape: [, height, width, channels] }) =>
  SIDES.includes(height) && width === height && channels === 1;

export class Nearest {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.told = place.querySelector("div") ?? place;
    this.waiting = new Waiting(this.told);
    this.asked = 0; // questions so far
  }

  clear() {
    this.asked += 1;
    this.waiting.end();
    this.told.replaceChildren();
    if (this.told === this.place) this.place.hidden = true;
  }

  /** @param {string} model
   * @param {Tensor} image */
  async show(model, image) {
    const question = ++this.asked;
    this.place.hidden = false;
    this.waiting.begin();
    const answer = await fetch(new URL(`nearest/${inPath(model)}`, ROOT), {
      method: "POST",
      body: JSON.stringify(pack(image)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    const said = (await answer?.text().catch(() => "")) ?? "";
    if (question !== this.asked) return;
    this.waiting.end();
    if (answer?.ok) this.told.innerHTML = said;
    else this.told.textContent = answer ? said.slice(0, 400) : ""; // a sentence of the server's
  }
}
