/* What both ways say at the point, in words and numbers: the answers, the formulas with their numbers in them, and why
 * one of them cannot answer.
 */

import { fixed, minus, sigmoid } from "../../browser/numbers.js";
import { finder, setText } from "../../page/dom.js";
import { UNITS } from "./survey.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Answer, Survey } from "./survey.js" */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A positive number by its natural logarithm: 0.0033 as 3.3·10⁻³, whatever its size.
 * @param {number} log */
export function powerText(log) {
  if (log === -Infinity) return "0";
  const tens = log / Math.LN10;
  let power = Math.floor(tens);
  let digits = (10 ** (tens - power)).toFixed(1);
  if (digits === "10.0") [digits, power] = ["1.0", power + 1];
  if (power >= -2 && power < 3) return Math.exp(log).toPrecision(2);
  const raised = [...String(power)].map((each) => (each === "-" ? "⁻" : SUPERSCRIPTS[Number(each)])).join("");
  return `${digits}·10${raised}`;
}

/** A probability by its log odds: how far from 0 or from 1 it is, where it nearly is.
 * @param {number} logOdds */
export function chanceText(logOdds) {
  if (Math.abs(logOdds) < 6.9) return fixed(sigmoid(logOdds), 3);
  const small = powerText(-Math.abs(logOdds));
  return logOdds > 0 ? `1 − ${small}` : small;
}

/** @param {number} share */
const percent = (share) => fixed(100 * share, 1);

/** @param {number} value @param {number} digits */
const signed = (value, digits) => `${value > 0 ? "+" : ""}${fixed(value, digits)}`;

/** @param {HTMLElement} element
 * @param {Survey} survey
 * @param {Text} text
 * @param {Record<string, string>} names  of the measurements and the kinds */
export function showAnswers(element, survey, text, names) {
  const find = finder(element);
  const answer = survey.answer();
  const [unit] = UNITS[survey.settings.data];
  const { moved } = survey;
  for (const side of /** @type {const} */ (["left", "right"])) {
    const way = finder(find(`.way.${side}`));
    const logOdds = answer[side];
    setText(way("output"), logOdds === null ? "–" : chanceText(logOdds));
    setText(way(".value span"), logOdds === null ? "" : text("chance", names));
    const problem = problemOf(survey, side);
    setText(way(".problem"), problem ? text(problem, { ...names, n: survey.n.toLocaleString("en") }) : "");
    way(".problem").hidden = !problem;
    const odds = survey.odds[side];
    const edge = survey.edge(odds);
    setText(way(".edge dd"), Number.isFinite(edge) ? `${fixed(edge, 1)} ${unit}` : "–");
    way(".edge").hidden = odds === null;
    way(".moved").hidden = survey.settings.person === null || !Number.isFinite(moved[side]);
    setText(way(".moved dd"), `${signed(moved[side], 2)} ${unit}`);
    const wrong = survey.wrong(odds);
    way(".wrong").hidden = !wrong;
    if (wrong) setText(way(".wrong dd"), `${percent(wrong.share)} ± ${percent(wrong.error)} %`);
    const density = side === "left" ? text("no_density") : powerText(answer.logDensity);
    setText(way(".density dd"), Number.isNaN(answer.logDensity) && side === "right" ? "–" : density);
  }
  setText(find(".way.left small"), text("logistic"));
  setText(find(".way.right small"), text(survey.kind));
  setText(find(".formulas .left"), leftFormula(survey, text, names));
  setText(find(".formulas .right"), rightFormula(survey, answer, text, names));
  const counts = { k: answer.rarer.toLocaleString("en"), n: survey.n.toLocaleString("en") };
  const seen = answer.rarer === 0 ? "never" : "rarer";
  setText(find(".board > .seen"), answer.logs ? text(`${survey.nouns}.${seen}`, counts) : "");
  const said = ["left", "right"].map((side) => {
    const logOdds = answer[side];
    const way = text(side === "left" ? "logistic" : survey.kind);
    return `${way}: ${logOdds === null ? text("no_answer") : chanceText(logOdds)}`;
  });
  return said.join(". ");
}

/** The key of the sentence that says why a way does not answer, or how far to trust it; empty where all is well.
 * @param {Survey} survey
 * @param {"left" | "right"} side */
function problemOf({ logistic, normals, hidden }, side) {
  if (side === "left" && hidden >= 0 && logistic.odds) return "left.hidden";
  const { problem } = side === "left" ? logistic : normals;
  return problem === "flat" ? `${side}.flat` : problem;
}

/** @param {Survey} survey
 * @param {Text} text
 * @param {Record<string, string>} names */
function leftFormula(survey, text, names) {
  const { logistic, hidden, at, axes } = survey;
  if (!logistic.odds) return "";
  const { constant, linear } = logistic.odds;
  const begin = text("formula.chance", names);
  const terms = linear.map((weight, j) => {
    const size = `${Math.abs(weight).toPrecision(3)} × ${j === hidden ? "?" : fixed(at[j], axes[j].digits)}`;
    return `${weight < 0 ? "−" : "+"} ${size}`;
  });
  const sum = `${minus(constant.toPrecision(4))} ${terms.join(" ")}`;
  if (hidden >= 0) return `${begin} = σ(${sum}) = ?`;
  const logOdds = constant + linear.reduce((total, weight, j) => total + weight * at[j], 0);
  return `${begin} = σ(${sum}) = σ(${fixed(logOdds, 2)}) = ${chanceText(logOdds)}`;
}

/** Bayes, with the numbers at the point.
 * @param {Survey} survey
 * @param {Answer} answer
 * @param {Text} text
 * @param {Record<string, string>} names */
function rightFormula({ normals }, { logs, right }, text, names) {
  if (!logs || right === null) return "";
  const { share } = normals;
  const [zero, one] = logs.map((log, k) => `${powerText(log - Math.log(share[k]))} × ${fixed(share[k], 2)}`);
  return `${text("formula.bayes", names)} = ${one} / (${one} + ${zero}) = ${chanceText(right)}`;
}
