/* What the lesson says of scores: the meter, the table of all models, and the answer to the vote. */

import { fixed } from "../../browser/numbers.js";
import { finder, make, setText } from "../../page/dom.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Crowd, Ranked } from "./crowd.js" */

/** @param {number} mean @param {number} [digits] */
const nats = (mean, digits = 3) => (mean === -Infinity ? "\u2212\u221e" : fixed(mean, digits));

/** @param {number} value with its sign */
const signed = (value) => `${value > 0 ? "+" : ""}${fixed(value, 4)}`;

/** @param {number} error */
const spread = (error) => (Number.isFinite(error) ? ` ± ${fixed(error, 4)}` : "");

/** The score of the present model, big, and why it is what it is.
 * @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text */
export function showMeter(element, crowd, text) {
  const find = finder(element);
  const { score } = crowd;
  const nouns = crowd.nouns(text);
  setText(find(".value output"), score ? nats(score.mean) : "–");
  const error = Number.isFinite(score?.error) ? `± ${fixed(score.error, 3)} ` : ""; // one value has none
  setText(find(".value span"), score ? `${error}${text("unit", nouns)}` : text(missing(crowd)));
  find(".value").classList.toggle("impossible", Boolean(score?.impossible));
  find(".why").hidden = !score?.impossible;
  if (score?.impossible) {
    const values = {
      ...nouns,
      some: crowd.counted(text, score.impossible),
      all: crowd.counted(text, score.n),
    };
    setText(find(".why p"), text("impossible", values));
  }
}

/** Why there is no model.
 * @param {Crowd} crowd */
const missing = ({ settings }) => (settings.model === "drawn" ? "no_curve" : "no_spread");

/** A sentence for screen readers.
 * @param {Crowd} crowd
 * @param {Text} text */
export function scoreText(crowd, text) {
  if (!crowd.score) return text(missing(crowd));
  const values = { model: text(crowd.settings.model), score: nats(crowd.score.mean) };
  return text("said", { ...values, unit: text("unit", crowd.nouns(text)) });
}

/** @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Ranked[]} ranking
 * @param {Text} text */
export function showRanking(element, crowd, ranking, text) {
  const find = finder(element);
  setText(find(".ranking h2"), text("ranking", crowd.nouns(text)));
  const rows = ranking
    .filter(({ score }) => score)
    .map(({ model, score, gain }) => {
      const row = make("tr", model === crowd.settings.model ? "chosen" : "");
      const name = make("th", "", text(model));
      name.scope = "row";
      const gained = !gain || model === "normal" ? "" : signed(gain.mean) + spread(gain.error);
      row.append(name, make("td", "", nats(score.mean, 4)), make("td", "", gained));
      return row;
    });
  find(".ranking tbody").replaceChildren(...rows);
}

/** @param {HTMLElement} element
 * @param {Crowd} crowd
 * @param {Text} text
 * @param {number | null} vote */
export function showVote(element, crowd, text, vote) {
  const find = finder(element);
  find(".vote").hidden = !crowd.hasTwo;
  for (const button of element.querySelectorAll("[data-vote]"))
    button.setAttribute(
      "aria-pressed",
      String(Number(/** @type {HTMLElement} */ (button).dataset.vote) === vote),
    );
  setText(find(".answer"), crowd.hasTwo && vote !== null ? answer(crowd, text) : "");
}

/** What the data say to the vote.
 * @param {Crowd} crowd
 * @param {Text} text */
function answer(crowd, text) {
  const { gain, parts, depth } = crowd.humps();
  const times = gain.mean / gain.error;
  const verdict = times > 2 ? "better" : times < -2 ? "worse" : "unclear";
  const size = verdict === "worse" ? -gain.mean : gain.mean;
  const values = {
    ...crowd.nouns(text),
    gain: fixed(size, 4),
    error: fixed(gain.error, 4),
    times: fixed(times, 1),
  };
  const [a, b] = parts.map(({ mean }) => fixed(mean, 1));
  const tops = depth === null ? "one_top" : "two_tops";
  const shape = { a, b, depth: depth === null ? "" : fixed(100 * depth, depth < 0.1 ? 1 : 0) };
  return `${text(`vote.${verdict}`, values)} ${text(`vote.${tops}`, shape)}`;
}
