/* The game in words and numbers: moves made, what the meter reads, and the table of the curves. */

import { fixed, minus } from "../../browser/numbers.js";
import { language } from "../../page/dom.js";
import { toCsv } from "../../page/downloads.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Play, Row } from "./play.js" */

/** The moves made, in words.
 * @param {Play} play
 * @param {Text} text */
export function countText({ counts, settings }, text) {
  const grouped = (value) => value.toLocaleString(language() === "ko" ? "ko-KR" : "en-US");
  return text("count", { d: grouped(counts.D), g: grouped(counts.G), seed: settings.seed });
}

/** @param {Play} play
 * @param {Text} text */
const modesText = ({ reading: { covered } }, text) =>
  text("of", { some: covered.filter(Boolean).length, all: covered.length });

/** How the game stands, as a sentence for screen readers.
 * @param {Play} play
 * @param {Text} text */
export const standsText = (play, text) =>
  text("stands", {
    count: countText(play, text),
    jsd: fixed(play.reading.jsd, 3),
    modes: modesText(play, text),
  });

/** What each meter shows, by its name.
 * @param {Play} play
 * @param {Text} text
 * @returns {Record<string, string>} */
export function meterTexts(play, text) {
  const { reading, view } = play;
  const small = (value) => (value < 0.01 ? minus(value.toExponential(1)) : fixed(value, 2));
  return {
    jsd: reading ? fixed(reading.jsd, 3) : "–",
    modes: reading ? modesText(play, text) : "–",
    quality: reading ? `${Math.round(100 * reading.quality)} %` : "–",
    gradient: view ? small(view.gradient) : "–",
  };
}

/** Columns of the table: its header, and the key of a row of the history.
 * @type {[string, keyof Row][]} */
const COLUMNS = [
  ["steps_d", "stepsD"],
  ["steps_g", "stepsG"],
  ["jsd", "jsd"],
  ["value", "value"],
  ["d_real", "dReal"],
  ["d_fake", "dFake"],
  ["loss_d", "lossD"],
  ["loss_g", "lossG"],
  ["gradient", "gradient"],
];

/** The curves as CSV, a row for each point of them; the divergence is measured less often.
 * @param {Row[]} history */
export const historyTable = (history) =>
  toCsv([
    COLUMNS.map(([header]) => header),
    ...history.map((row) => COLUMNS.map(([, key]) => row[key] ?? "")),
  ]);

/** The name of a file to keep, without its ending.
 * @param {Play} play */
export const fileName = ({ settings, counts }) =>
  `gan-game_${settings.distribution}_seed${settings.seed}_${counts.D}_${counts.G}`;
