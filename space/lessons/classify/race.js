/* Who needs fewer people: the errors of all rivals at every size of a sample, drawn again and again while one looks. */

import { KINDS } from "../../browser/classes.js";
import { fixed } from "../../browser/numbers.js";
import { crossing, Redraws, RIVALS, Size, sizesFor } from "../../browser/redraws.js";
import { linearScale, logScale, tickLabel, ticksBetween } from "../../browser/scales.js";
import { finder, make, pixelRatio, setText, sizeCanvas } from "../../page/dom.js";
import { offer, toCsv } from "../../page/downloads.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Survey } from "./survey.js" */

const DRAWS = 200;
const FRAME_MS = 8; // of computing, so that the page stays alive
const MARGIN = { left: 34, right: 8, top: 8, bottom: 22 };

/** Dashes of the rivals' lines; logistic regression has a colour of its own.
 * @type {Record<string, number[]>} */
const DASHES = { logistic: [], naive_shared: [], naive: [6, 3], lda: [2, 3], qda: [10, 3, 2, 3] };

export class Race {
  /** @param {HTMLElement} element
   * @param {Survey} survey
   * @param {Text} text */
  constructor(element, survey, text) {
    this.element = element;
    this.find = finder(element);
    this.survey = survey;
    this.text = text;
    this.running = false;
    this.begin();
    this.find(".run").onclick = () => {
      if (this.running) this.running = false;
      else this.run();
      this.show();
    };
  }

  /** What the samples are of. */
  get key() {
    const { settings, two } = this.survey;
    return `${settings.data} ${two}`;
  }

  /** @param {number} before  samples of every size that were drawn before: these are others */
  begin(before = 0) {
    const { everybody, two } = this.survey;
    const people = { columns: everybody.columns.slice(0, two ? 2 : 1), label: everybody.label };
    this.of = this.key;
    this.running = false;
    this.redraws = new Redraws(people);
    this.sizes = sizesFor(people).map((n) => new Size(n));
    this.before = before;
    this.draws = 0;
  }

  /** Other data: the race begins anew. */
  follow() {
    if (this.of === this.key) return;
    this.begin();
    this.show();
  }

  run() {
    if (this.draws >= DRAWS) this.begin(this.before + DRAWS);
    this.running = true;
    const of = this.of;
    const frame = () => {
      if (!this.running || of !== this.of) return;
      const end = performance.now() + FRAME_MS;
      while (this.draws < DRAWS && performance.now() < end) {
        const number = this.before + ++this.draws;
        for (const size of this.sizes) size.add(this.redraws.draw(size.n, number));
      }
      this.running = this.draws < DRAWS;
      if (this.running) this.showProgress();
      else this.show();
      if (this.running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  show() {
    const { find, text, draws, running } = this;
    setText(
      find(".run"),
      text(running ? "race.stop" : draws >= DRAWS ? "race.again" : "race.run", { draws: DRAWS }),
    );
    setText(find(".verdict"), draws > 1 ? this.verdict() : "");
    this.showTable();
    this.showLegend();
    this.showProgress();
  }

  /** What changes while it runs: the curves, and the count. */
  showProgress() {
    const { find, text, draws, running } = this;
    // said once at the end, not two hundred times
    const progress = find(".race .progress");
    progress.setAttribute("aria-live", running ? "off" : "polite");
    setText(progress, draws ? text("race.progress", { draws, all: DRAWS }) : "");
    find(".race figure").hidden = draws < 2;
    this.draw();
  }

  verdict() {
    const { text } = this;
    const found = crossing(this.sizes);
    // of one measurement, naive Bayes with one spread is LDA
    const rival = text(this.survey.two ? "race.naive_shared" : "lda");
    if (found) return text("race.crossing", { rival, before: found[0], after: found[1] });
    const { gap, n } = this.sizes[this.sizes.length - 1];
    return text("race.no_crossing", {
      rival,
      n,
      gap: fixed(100 * gap.mean, 2),
      error: fixed(100 * gap.error, 2),
    });
  }

  /** Without independence to assume, one measurement leaves three rivals. */
  get rivals() {
    return RIVALS.filter((rival) => this.survey.two || rival === "logistic" || !KINDS[rival].independent);
  }

  showLegend() {
    const items = this.rivals.map((rival) => {
      const item = make("li", "");
      const line = make("i");
      line.style.borderTopColor = `var(--${rival === "logistic" ? "ink" : "model"})`;
      if (DASHES[rival].length) line.style.borderTopStyle = rival === "lda" ? "dotted" : "dashed";
      if (rival === "qda") line.style.opacity = "0.6";
      item.append(line, make("span", "", this.text(rival)));
      return item;
    });
    this.find(".race .legend").replaceChildren(...items);
  }

  showTable() {
    const { text, sizes, draws } = this;
    const table = this.find(".race .scroll");
    table.hidden = draws < 2;
    const head = make("tr");
    for (const name of [text("race.n"), ...this.rivals.map((rival) => text(rival))]) {
      const cell = make("th", "", name);
      cell.scope = "col";
      head.append(cell);
    }
    const rows = sizes.map(({ n, means }) => {
      const row = make("tr");
      const name = make("th", "", String(n));
      name.scope = "row";
      row.append(name);
      for (const rival of this.rivals) {
        const { mean, error, count } = means[RIVALS.indexOf(rival)];
        row.append(make("td", "", count > 1 ? `${fixed(100 * mean, 1)} ± ${fixed(100 * error, 1)}` : "–"));
      }
      return row;
    });
    table.querySelector("thead").replaceChildren(head);
    table.querySelector("tbody").replaceChildren(...rows);
    const names = [
      "n",
      ...RIVALS.flatMap((rival) => [rival, `${rival}_standard_error`]),
      "separable",
      "redraws",
    ];
    /** @type {unknown[][]} */
    const values = sizes.map(({ n, means, separable }) => [
      n,
      ...means.flatMap(({ mean, error, count }) =>
        count > 1 ? [mean, error] : /** @type {unknown[]} */ (["", ""]),
      ),
      separable,
      draws,
    ]);
    const button = /** @type {HTMLElement} */ (this.find(".race .download"));
    button.hidden = draws < 2;
    offer(this.element, [[".race .download", "classify.csv", () => toCsv([names, ...values])]]);
  }

  draw() {
    const canvas = this.find(".curves");
    const [width, height] = [canvas.parentElement.clientWidth, canvas.clientHeight];
    if (!width) return; // on a tab that is not shown
    canvas.setAttribute("aria-label", this.text("race.picture"));
    const ratio = pixelRatio();
    sizeCanvas(canvas, Math.round(width * ratio), Math.round(height * ratio), ratio);
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(canvas);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    const { sizes } = this;
    const found = sizes.flatMap(({ means }) =>
      means.filter(({ count }) => count > 1).map(({ mean }) => mean),
    );
    const [low, high] = found.length
      ? [Math.min(...found) * 0.96, Math.min(0.5, Math.max(...found) * 1.03)]
      : [0.1, 0.4];
    const across = logScale(sizes[0].n, sizes[sizes.length - 1].n);
    const up = linearScale(low, high);
    const x = (/** @type {number} */ n) =>
      MARGIN.left + across(n) * (width - MARGIN.left - MARGIN.right - 10) + 5;
    const y = (/** @type {number} */ share) =>
      height - MARGIN.bottom - up(share) * (height - MARGIN.bottom - MARGIN.top);
    context.font = `12px ${style.fontFamily}`;
    context.fillStyle = colour("ink");
    context.strokeStyle = colour("faint");
    context.lineWidth = 1;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const { n } of sizes) context.fillText(String(n), x(n), height - MARGIN.bottom + 6);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticksBetween(100 * low, 100 * high, 4)) {
      context.fillText(`${tickLabel(tick)} %`, MARGIN.left - 2, y(tick / 100));
      line(context, MARGIN.left + 2, y(tick / 100), width - MARGIN.right, y(tick / 100), 0.4);
    }
    for (const rival of this.rivals) {
      context.strokeStyle = colour(rival === "logistic" ? "ink" : "model");
      context.lineWidth = rival === "logistic" || rival === "naive_shared" ? 2.5 : 1.5;
      const points = sizes.map(({ n, means }) => ({
        n,
        ...means[RIVALS.indexOf(rival)],
        error: means[RIVALS.indexOf(rival)].error,
      }));
      const shown = points.filter(({ count }) => count > 1);
      context.setLineDash(DASHES[rival]);
      context.beginPath();
      for (const { n, mean } of shown) context.lineTo(x(n), y(mean));
      context.stroke();
      context.setLineDash([]);
      for (const { n, mean, error } of shown) line(context, x(n), y(mean - error), x(n), y(mean + error), 1);
    }
  }
}

/** @param {CanvasRenderingContext2D} context
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} alpha */
function line(context, ax, ay, bx, by, alpha) {
  context.globalAlpha = alpha;
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(bx, by);
  context.stroke();
  context.globalAlpha = 1;
}
