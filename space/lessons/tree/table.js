/* The table of what a visitor has let learn from the data on the bench. */

import { FAMILIES } from "../../browser/plane/families.js";
import { finder, make, setText } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";
import { compare, nats, time, wrong } from "./answers.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Bench } from "./bench.js" */

const NAMES = [
  ...["family", "steps", "kl_nats", "kl_error", "log_p", "log_p_error", "impossible", "modes", "of_modes"],
  ...["on_modes", "seconds", "ms_per_1000_samples", "ruler_kl", "ruler_bandwidth"],
];

/** @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Text} text */
export function showTable(element, bench, text) {
  const find = finder(element);
  const rows = Object.entries(bench.results).map(([family, { result, ruled }]) => ({
    family,
    result,
    ruled,
  }));
  rows.sort(compare);
  const { data, seed } = bench.settings;
  setText(find(".results h2"), text("table.title", { data: text(`data.${data}`), seed }));
  find(".results .scroll").hidden = rows.length === 0;
  find(".results .empty").hidden = rows.length > 0;
  find(".results tbody").replaceChildren(...rows.map((row) => rowOf(row, bench.settings.family, text)));
  const table = rows.map(({ family, result, ruled }) => [
    ...[family, result.steps, result.kl, result.klError, result.logP, result.logPError, result.impossible],
    ...[result.modes, result.numModes, result.quality, result.seconds, result.sampleMs],
    ...[ruled?.kl, ruled?.bandwidth],
  ]);
  offer(element, [[".results .csv", `tree-${data}-${seed}.csv`, () => toCsv([NAMES, ...table])]]);
}

/** Steps made; of how many, where it was stopped before.
 * @param {string} family
 * @param {number} steps */
function stepsOf(family, steps) {
  const { enough } = FAMILIES[family];
  const made = steps.toLocaleString("en");
  if (!enough) return "–";
  return steps < enough ? `${made} / ${enough.toLocaleString("en")}` : made;
}

/** @param {{ family: string, result: any, ruled: any }} found
 * @param {string} chosen
 * @param {Text} text */
function rowOf({ family, result, ruled }, chosen, text) {
  const row = make("tr", family === chosen ? "chosen" : "");
  const head = make("th", "", text(family));
  head.scope = "row";
  row.append(head);
  const never = family === "gan";
  const cells = [
    text(`answers.${family}`),
    never
      ? ruled?.kl === undefined
        ? text("never")
        : text("ruler.cell", { kl: nats(ruled.kl), h: ruled.bandwidth.toFixed(2) })
      : `${nats(result.kl)}${Number.isFinite(result.kl) ? ` ± ${nats(result.klError)}` : ""}`,
    never ? "–" : nats(result.logP),
    `${result.modes} / ${result.numModes}`,
    `${(100 * result.quality).toFixed(1)} %`,
    stepsOf(family, result.steps),
    time(result.seconds),
    `${time(result.sampleMs)} ms`,
    wrong(family, result, text) || "–",
  ];
  cells.forEach((content, i) => row.append(make("td", i === cells.length - 1 ? "wrong" : "", content)));
  return row;
}
