/* What the server tells of a model (facts.py), apart from its weights.
 *
 *   await factsOf("manifold", "vae-mnist-2d")     what the lesson's `told` returns; {problem}, HTML, if the model
 *                                                 cannot be used
 *   forget("timeline", "vae-mnist-2d")            they are large, and no longer of use
 *
 * Each model is asked about once, unless it cannot be used.
 */

import { inPath, ROOT } from "./dom.js";

const PAUSES_MS = [1000, 5000]; // before it is asked again

/** @typedef {Record<string, any>} Facts */

/** @type {Map<string, Promise<Facts>>} */
const asked = new Map(); // by path

/** @param {string} lesson
 * @param {string} model */
const pathOf = (lesson, model) => `facts/${lesson}/${inPath(model)}`;

/** @param {string} lesson
 * @param {string} model */
export const forget = (lesson, model) => asked.delete(pathOf(lesson, model));

/** @param {string} lesson
 * @param {string} model
 * @returns {Promise<Facts>} */
export async function factsOf(lesson, model) {
  const path = pathOf(lesson, model);
  if (!asked.has(path)) asked.set(path, ask(path));
  try {
    const facts = await asked.get(path);
    if (facts.problem) asked.delete(path);
    return facts;
  } catch (error) {
    asked.delete(path);
    throw error;
  }
}

/** @param {string} path
 * @returns {Promise<Facts>} */
async function ask(path) {
  for (const pause of [...PAUSES_MS, 0]) {
    try {
      const answer = await fetch(new URL(path, ROOT));
      if (answer.ok || answer.status === 503) return await answer.json();
      throw new Error(await answer.text());
    } catch (error) {
      if (!pause) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
