/* What the server tells of a model (facts.py), apart from its weights.
 *
 *   await factsOf("manifold", "vae-mnist-2d")     what the lesson's `told` returns; {problem}, HTML, if the model
 *                                                 cannot be used
 */

import { ROOT } from "./dom.js";

const PAUSES_MS = [1000, 5000]; // before it is asked again

/** @param {string} lesson
 * @param {string} model
 * @returns {Promise<Record<string, any>>} */
export async function factsOf(lesson, model) {
  for (const pause of [...PAUSES_MS, 0]) {
    try {
      const answer = await fetch(new URL(`facts/${lesson}/${model}`, ROOT));
      if (answer.ok || answer.status === 503) return await answer.json();
      throw new Error(await answer.text());
    } catch (error) {
      if (!pause) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
