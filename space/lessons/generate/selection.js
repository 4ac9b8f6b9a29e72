/* What a visitor selects samples for: slots, each with the numbers of its samples in the order of the clicks. */

/** @typedef {Record<string, number[]>} Selection numbers of samples, from 0, by slot */

/** The selection with sample `i` put into a slot, or taken out if it was there. A full slot drops its first sample.
 * @param {Selection} selection
 * @param {string} slot
 * @param {number} i
 * @param {number} most samples that the slot holds
 * @returns {Selection} */
export function toggle(selection, slot, i, most) {
  const before = selection[slot];
  const after = before.includes(i) ? before.filter((j) => j !== i) : [...before, i].slice(-most);
  return { ...selection, [slot]: after };
}

/** What sample `i` is selected for: slot and mark, which is its place in a walk, or else the slot's name.
 * @param {Selection} selection
 * @param {string[]} slots
 * @param {number} i
 * @returns {[slot: string, mark: string][]} */
export function marksOf(selection, slots, i) {
  return slots
    .filter((slot) => selection[slot].includes(i))
    .map((slot) => [slot, slot === "walk" ? String(selection[slot].indexOf(i) + 1) : slot]);
}

/** Numbers of the samples as the page shows them: as drawn, or by their scores, the best first.
 * @param {number} count
 * @param {number[] | null} scores
 * @returns {number[]} */
export function ordered(count, scores) {
  const order = Array.from({ length: count }, (_, i) => i);
  return scores ? order.sort((i, j) => scores[j] - scores[i]) : order;
}

/** The place of each score among all, from 0, the lowest, to 1; equal ones share theirs.
 * @param {number[]} scores */
export const ranksOf = (scores) =>
  scores.map((one) => {
    const below = scores.filter((other) => other < one).length;
    const equal = scores.filter((other) => other === one).length;
    return (below + (equal - 1) / 2) / Math.max(1, scores.length - 1);
  });

/** Rows of a table of samples: number, score, latent vector; the first row names them.
 * @param {number[][]} z latent vectors
 * @param {number[] | null} scores
 * @returns {(string | number)[][]} */
export function tableRows(z, scores) {
  const header = ["sample", "score", ...z[0].map((_, i) => `z${i + 1}`)];
  return [header, ...z.map((row, i) => [i + 1, scores?.[i] ?? "", ...row])];
}
