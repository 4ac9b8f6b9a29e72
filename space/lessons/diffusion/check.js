/* The check that anyone can press: the way computed again from its parts, and the bytes of the weights. */

import { language } from "../../page/dom.js";
import { farthest, sumOfSteps } from "./denoising.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Denoiser, Trajectory } from "./denoising.js" */

/** What the server says of its weights: `facts` of tab.py.
 * @typedef {{ network: string, sha256: string, where: Record<string, string> }} Facts */

/** One sentence for each thing that is checked.
 * @param {Trajectory} made
 * @param {Denoiser} denoiser
 * @param {Text} text */
export async function checkWay(made, denoiser, text) {
  const { times, x, xStart, asked } = made;
  const { step, sum } = sumOfSteps(made, denoiser.levels, denoiser.config);
  const [again] = await denoiser.predict(x, times, asked);
  const asking = Math.max(...again.map((one, i) => farthest(one, xStart[i])));
  const short = (/** @type {number} */ value) => (value ? value.toExponential(1) : "0");
  const numbers = { n: times.length, step: short(step), sum: short(sum), asking: short(asking) };
  return text("checked", numbers);
}

/** Whether the bytes that this browser gets are those of the file that was pushed.
 * @param {URL} url
 * @param {Facts} facts
 * @param {Text} text */
export async function checkBytes(url, { sha256, where }, text) {
  if (!window.crypto.subtle) return text("checked.insecure", { sha256 });
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const hash = [...new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const key = hash === sha256 ? "checked.same" : "checked.other";
  const values = { hash, sha256, where: where[language()], bytes: bytes.byteLength.toLocaleString("en") };
  return text(key, values);
}
