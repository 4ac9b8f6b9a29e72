/* The training digit that is nearest to a sample, of all 60,000: the server searches for it (nearest.py).
 *
 *   const nearest = new Nearest(place)          PLACE or ASKING of nearest.py
 *   nearest.show("dcgan-mnist", image)          a picture of the model, (1, 28, 28, 1) or (1, 32, 32, 1)
 *   nearest.clear()                             what was shown is no longer there
 *
 * The newest `show` wins.
 */

import { inPath, ROOT } from "./dom.js";
import { pack, Refusal, refusal } from "./live.js";
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
    this.told = place.querySelector("div");
    this.failed = place.querySelector("template").innerHTML;
    this.waiting = new Waiting(this.told);
    this.asked = 0; // questions so far
  }

  clear() {
    this.asked += 1;
    this.waiting.end();
    this.told.replaceChildren();
    if (!this.place.querySelector("button")) this.place.hidden = true;
  }

  /** @param {string} model
   * @param {Tensor} image */
  async show(model, image) {
    const question = ++this.asked;
    this.place.hidden = false;
    this.waiting.begin();
    try {
      const answer = await fetch(new URL(`nearest/${inPath(model)}`, ROOT), {
        method: "POST",
        body: JSON.stringify(pack(image)),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!answer.ok) throw await refusal(answer);
      const found = await answer.text();
      if (question === this.asked) this.told.innerHTML = found;
    } catch (error) {
      console.warn(error);
      if (question !== this.asked) return;
      if (error instanceof Refusal && error.message) this.told.textContent = error.message;
      else this.told.innerHTML = this.failed;
    } finally {
      if (question === this.asked) this.waiting.end();
    }
  }
}
