/* What is said of the family on the bench: the three questions, its score, and what it says of a point. */

import { fixed } from "../../browser/numbers.js";
import { curse } from "../../browser/plane/counting.js";
import { HELD_OUT, TRAINED } from "../../browser/plane/data.js";
import { finder, make, setText } from "../../page/dom.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Bench } from "./bench.js" */

const STRAY = 0.03; // share of samples off every mode that is worth a word
const DIMENSIONS = [2, 3, 10, 784];

/** @param {number | null} value  null and NaN are not known @param {number} [digits] */
export const nats = (value, digits = 3) => {
  if (value === null || Number.isNaN(value)) return "…";
  return Number.isFinite(value) ? fixed(value, digits) : value > 0 ? "∞" : "\u2212∞";
};

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(share > 0.995 || share < 0.1 ? 1 : 0)}`;

/** Milliseconds for 1,000 samples, seconds of learning. @param {number} value */
export const time = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));

/** The best first; what has no finite KL last, by name.
 * @param {{ family: string, result: any }} a
 * @param {{ family: string, result: any }} b */
export function compare(a, b) {
  const [ours, theirs] = [a, b].map(({ result: { kl } }) => (Number.isFinite(kl) ? kl : Number.MAX_VALUE));
  return ours - theirs || a.family.localeCompare(b.family);
}

/** What goes wrong, as far as the numbers of a result say so.
 * @param {string} family
 * @param {any} result
 * @param {Text} text
 * @returns {string} */
export function wrong(family, result, text) {
  const { impossible, modes, numModes, quality, spread } = result;
  const found = [];
  if (impossible) found.push(text("found.impossible", { n: impossible, all: HELD_OUT.toLocaleString("en") }));
  if (modes < numModes) found.push(text("found.missed", { n: numModes - modes, all: numModes }));
  if (1 - quality > STRAY) {
    const between = numModes > 1 ? "bridge" : "stray"; // one mode leaves nothing to build a bridge to
    const kind = { flow: between, vae: "blur", kernels: "blur" }[family] ?? "stray";
    const sigma = spread === null ? "" : spread.toFixed(2);
    found.push(text(`found.${kind}`, { share: percent(1 - quality), sigma }));
  }
  return found.join(" ");
}

/** @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Text} text */
export function showAnswers(element, bench, text) {
  const { family } = bench.settings;
  const find = finder(element);
  for (const question of ["set", "sampled", "asked", "wrong"])
    setText(find(`.questions .${question} .about`), text(`${question}.${family}`));
  const result = bench.frame?.result;
  setText(find(".questions .sampled .now"), result ? text("sample_time", { ms: time(result.sampleMs) }) : "");
  setText(find(".questions .wrong .now"), result ? wrong(family, result, text) || text("found.nothing") : "");
  showScore(find, bench, text);
  showGauges(element, bench, text);
  showCurse(find(".curse"), bench, text);
}

/** The score in short.
 * @param {Bench} bench
 * @param {Text} text */
function scoreOf({ frame, isEmpty, settings }, text) {
  if (settings.family === "gan") return text("never");
  const score = frame?.result ?? frame?.live;
  if (!score || isEmpty) return "…";
  return score.impossible ? "KL ∞" : `KL ${nats(score.kl)} ± ${nats(score.klError)}`;
}

/** Below the planes, where a visitor looks while a point is dragged: score, point and samples in short.
 * @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Text} text */
export function showGauges(element, bench, text) {
  const find = finder(element);
  const { answer, frame, isEmpty, settings } = bench;
  const gauge = find(".model .gauge");
  gauge.hidden = isEmpty;
  gauge.classList.toggle("never", settings.family === "gan");
  setText(find(".model .gauge b"), scoreOf(bench, text));
  setText(find(".model .own"), answer ? pointOf(answer, settings, text) : "…");
  setText(find(".model .true"), answer ? text("gauge.truth", { log: nats(answer.truth, 2) }) : "");
  const result = frame?.result;
  const counts = result && { modes: result.modes, all: result.numModes, share: percent(result.quality) };
  setText(find(".samples .gauge span"), counts ? text("gauge.samples", counts) : "");
}

/** What the family says of the point, in short.
 * @param {any} answer
 * @param {any} settings
 * @param {Text} text */
function pointOf({ bounds, log, ruled }, { family, ruler }, text) {
  if (family === "gan")
    return text("gauge.ruler", { h: ruler.toFixed(2), log: nats(ruled ?? Number.NaN, 2) });
  if (!bounds) return text("gauge.point", { log: nats(log, 2) });
  const [elbo, most] = [bounds[0], bounds.at(-1)].map((bound) => nats(Math.min(bound, log), 2));
  return text("gauge.bounds", { elbo, k: 2 ** (bounds.length - 1), most, log: nats(log, 2) });
}

/** @param {(selector: string) => any} find
 * @param {Bench} bench
 * @param {Text} text */
function showScore(find, bench, text) {
  const { frame, isEmpty, settings } = bench;
  const never = settings.family === "gan";
  const score = frame?.result ?? frame?.live;
  const meter = find(".meter");
  meter.classList.toggle("impossible", score?.kl === Infinity || never);
  const note = find(".meter .note");
  setText(find(".meter output"), scoreOf(bench, text));
  if (never) {
    const { ruled } = frame ?? {};
    const known = ruled?.kl !== undefined;
    const values = known
      ? { h: ruled.bandwidth.toFixed(2), kl: nats(ruled.kl), error: nats(ruled.klError) }
      : { h: settings.ruler.toFixed(2), kl: "…", error: "…" };
    setText(note, frame ? text("ruler.says", values) : "");
  } else if (!score || isEmpty) {
    setText(note, text(frame?.busy && !frame.training ? "scoring" : "not_yet"));
  } else if (score.impossible) {
    setText(note, text("found.impossible", { n: score.impossible, all: HELD_OUT.toLocaleString("en") }));
  } else {
    setText(
      note,
      text("held", { log: nats(score.logP), error: nats(score.logPError), n: HELD_OUT.toLocaleString("en") }),
    );
  }
  const result = frame?.result;
  const said = {
    modes: result ? `${result.modes} / ${result.numModes}` : "–",
    quality: result ? `${percent(result.quality)} %` : "–",
    seconds: frame ? text("seconds", { s: time(frame.seconds) }) : "–",
    samples: result ? `${time(result.sampleMs)} ms` : "–",
  };
  for (const [name, shown] of Object.entries(said)) setText(find(`.figures .${name} dd`), shown);
}

/** The cells of a histogram in other dimensions.
 * @param {HTMLElement} table
 * @param {Bench} bench
 * @param {Text} text */
function showCurse(table, { settings }, text) {
  table.hidden = settings.family !== "histogram";
  if (table.hidden) return;
  const rows = DIMENSIONS.map((dimensions) => {
    const { cells, points } = curse(settings.side, TRAINED, dimensions);
    const row = make("tr");
    const cell = (/** @type {string} */ content) => row.append(make("td", "", content));
    const head = make("th", "", text("curse.dimensions", { d: dimensions }));
    head.scope = "row";
    row.append(head);
    cell(power(cells));
    cell(power(points));
    return row;
  });
  table.querySelector("tbody").replaceChildren(...rows);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: "1,024", "0.12", "1.1 × 10¹⁵". @param {number} exponent */
export function power(exponent) {
  if (exponent >= -2 && exponent < 6) {
    const value = 10 ** exponent;
    return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(2)));
  }
  const whole = Math.floor(exponent);
  const digits = [...String(Math.abs(whole))].map((digit) => RAISED[Number(digit)]).join("");
  return `${(10 ** (exponent - whole)).toFixed(1)} × 10${whole < 0 ? "⁻" : ""}${digits}`;
}

/** @param {HTMLElement} element
 * @param {Bench} bench
 * @param {Text} text */
export function showPoint(element, bench, text) {
  const find = finder(element);
  const { answer, frame, settings } = bench;
  const { family } = settings;
  setText(find(".point h2"), text("point", { x: fixed(settings.at[0], 2), y: fixed(settings.at[1], 2) }));
  const [said, list, note] = [find(".point .said-of"), find(".point .bounds"), find(".point .note")];
  const never = family === "gan";
  setText(find(".point .truth b"), answer ? nats(answer.truth, 2) : "…");
  const own = never ? text("never") : answer ? nats(answer.log, 2) : "…";
  setText(said.querySelector("b"), own);
  const known = answer && (never || answer.log !== null); // a broken model says nothing
  setText(note, known ? noteOf(family, { ...answer, steps: frame?.steps }, settings, text) : "");
  list.hidden = !answer?.bounds;
  if (answer?.bounds) showBounds(list, answer, text);
  showGauges(element, bench, text);
}

/** How the family came to its answer.
 * @param {string} family
 * @param {any} answer
 * @param {any} settings
 * @param {Text} text */
function noteOf(family, { bounds, log, logZ, ruled }, settings, text) {
  if (family === "gan")
    return text("point.gan", { h: settings.ruler.toFixed(2), log: nats(ruled ?? Number.NaN, 2) });
  if (family === "vae" && bounds) return text("point.vae", { gap: nats(Math.max(0, log - bounds[0]), 2) });
  if (family === "energy" && logZ !== undefined)
    return text("point.energy", { energy: nats(log + logZ, 2), z: nats(logZ, 2), log: nats(log, 2) });
  if (family === "histogram" && log === -Infinity) return text("point.empty");
  return text(`point.${family}`) ?? "";
}

/** The bounds of a VAE, from the ELBO up to the exact value. They are estimates: chance may lift one above it.
 * @param {HTMLElement} list
 * @param {any} answer
 * @param {Text} text */
function showBounds(list, { bounds, log }, text) {
  const below = bounds.map((value) => Math.min(value, log));
  const rows = [...below.map((value, k) => [k ? `IW${2 ** k}` : "ELBO", value]), [text("exact"), log]];
  const [low, high] = [below[0] - 0.02, log + 0.001];
  list.replaceChildren(
    ...rows.map(([name, value], i) => {
      const row = make("li", i === rows.length - 1 ? "exact" : "");
      const bar = make("i");
      bar.style.width = `${(100 * Math.max(0.02, (value - low) / (high - low))).toFixed(1)}%`;
      const lane = make("span", "lane");
      lane.append(bar);
      row.append(make("span", "", name), lane, make("b", "", nats(value, 3)));
      return row;
    }),
  );
}
