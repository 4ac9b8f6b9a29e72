/* What a visitor has on the bench: the data, the family, its settings, and what has been found of each family so far.
 * It knows no page; families learn in the thread of worker.js.
 *
 *   new Bench({ framed(frame), said(answer), failed(reason) }), .start() once the page is ready to be told
 *   .set(changes), .follow(link), .linked()
 *   .run(on), .restart(), .restore(), .setRuler(bandwidth), .ask(point)
 *   .addStroke(points), .clear()
 *   .problem             what keeps it from learning, or was left out; null where nothing is wrong
 *   .frame, .answer      the latest of the open family
 *   .results             of the open data: family -> frame, the scored ones
 */

import { DATA, Plane } from "../../browser/plane/data.js";
import { FAMILIES } from "../../browser/plane/families.js";

/** @import { Point } from "../../browser/mixtures.js" */

export const DEFAULTS = {
  data: "ring",
  family: "gaussians",
  seed: 1,
  side: 32, // of the histogram, in cells
  bandwidth: 0.1, // of the kernels
  components: 8,
  rate: 1, // times the learning rate of the family
  restarts: 0, // of the Gaussians
  ruler: 0.1, // bandwidth of the bumps on samples of what cannot be asked
  at: /** @type {Point} */ ([0.9, 1.3]),
};
const OWN = { histogram: ["side"], kernels: ["bandwidth"], gaussians: ["components"] };
const LEARNED = ["data", "family", "seed", "rate", "restarts", "side", "bandwidth", "components"];
const ASK_MS = 1000; // between two questions to a family that learns
export const MOST_COMPONENTS = 600; // of a drawing
export const MOST = { steps: 50_000, restarts: 100 }; // what a link may ask to be repeated

export class Bench {
  /** @param {{ framed: (frame: any) => void, said: (answer: any) => void, failed: (reason: string) => void }} page */
  constructor(page) {
    this.page = page;
    this.settings = { ...DEFAULTS };
    /** @type {Point[][]} */
    this.strokes = [];
    this.drawings = 0; // a number for each
    this.number = 0; // of the family opened last: what is sent of others comes too late
    /** @type {any} */
    this.frame = null;
    /** @type {any} */
    this.answer = null;
    /** @type {string | null} */
    this.problem = null;
    /** @type {Record<string, Record<string, any>>} */
    this.found = {}; // data -> family -> its frame
    /** @type {Record<string, number[]>} */
    this.ended = {};
    this.asking = this.again = false;
    this.askedAt = this.askAt = 0; // the latter: when a family that learns is asked again
    /** @type {Worker | null} */
    this.worker = null;
    this.truth = DATA[this.settings.data]();
  }

  /** The thread; `failed` may come at once. */
  start() {
    const failed = () => {
      this.problem = "thread";
      this.page.failed(this.problem);
    };
    try {
      this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      this.worker.onmessage = ({ data }) => this.receive(data);
      this.worker.onerror = failed;
    } catch {
      failed();
    }
  }

  /** @param {string} task
   * @param {Record<string, any>} [values] */
  tell(task, values = {}) {
    this.worker?.postMessage({ task, ...values });
  }

  /** @param {any} message */
  receive({ number, frame, said, problem }) {
    if (number !== this.number) return;
    if (problem) {
      this.problem = problem;
      this.page.failed(problem);
    }
    if (frame) {
      this.frame = frame;
      if (frame.result && !frame.busy && (frame.steps || !frame.enough)) {
        this.results[frame.family] = frame;
        if (frame.family === "gaussians") this.starts[this.settings.restarts] = frame.result.kl;
      }
      this.page.framed(frame);
      if (!frame.busy || (frame.training && performance.now() > this.askAt)) this.ask(); // it has changed
    }
    if (said) {
      this.asking = false;
      const now = performance.now();
      this.askAt = now + Math.max(ASK_MS, 2 * (now - this.askedAt)); // answers must not keep it from learning
      this.answer = said;
      this.page.said(said);
      if (this.again) this.ask();
    }
  }

  get drawing() {
    return this.settings.data === "drawn";
  }

  /** Nothing to learn from. */
  get isEmpty() {
    return this.drawing && this.strokes.length === 0;
  }

  get place() {
    return this.drawing ? `drawn ${this.drawings}` : `${this.settings.data} ${this.settings.seed}`;
  }

  get results() {
    return (this.found[this.place] ??= {});
  }

  /** Some of the points that families learn from.
   * @param {number} n */
  points(n) {
    try {
      return new Plane(this.truth, this.settings.seed).points.subarray(0, 2 * n);
    } catch {
      return new Float64Array(0); // all of them are outside
    }
  }

  /** The settings of the open family. */
  get own() {
    const names = OWN[this.settings.family] ?? [];
    return Object.fromEntries(names.map((name) => [name, this.settings[name]]));
  }

  /** Begins, or goes back to, the family that the settings say.
   * @param {number | null} until  steps, exactly; null for what is enough, or for what a family has that is there */
  open(until = null) {
    const { data, family, rate, restarts, ruler, seed } = this.settings;
    this.number++;
    this.frame = this.answer = null;
    if (this.problem !== "thread") this.problem = null; // that one only a reload mends
    this.asking = this.again = false;
    this.askAt = 0;
    this.truth = DATA[data](this.strokes);
    if (this.isEmpty) {
      this.tell("stop");
      return;
    }
    const order = { data, strokes: this.strokes, family, seed, rate, settings: this.own };
    if (family === "gaussians") Object.assign(order, { restarts });
    const key = JSON.stringify([this.place, { ...order, strokes: [] }]);
    this.tell("open", { number: this.number, key, order, until, ruler });
  }

  /** @param {Partial<typeof DEFAULTS>} changes */
  set(changes) {
    Object.assign(this.settings, changes);
    if ("ruler" in changes) this.tell("rule", { bandwidth: this.settings.ruler });
    if (LEARNED.some((name) => name in changes)) this.open();
    else if ("at" in changes || "ruler" in changes) this.ask();
  }

  /** Lets it learn, as far as is enough or as much again, or stops it.
   * @param {boolean} on */
  run(on) {
    if (!on || !this.frame) this.tell("stop");
    else {
      const { enough, steps } = this.frame;
      this.tell("train", { until: Math.min(MOST.steps, steps < enough ? enough : steps + enough) });
    }
  }

  /** Other first centres of the Gaussians. */
  restart() {
    this.set({ restarts: this.settings.restarts + 1 });
  }

  /** KL after each start of the Gaussians so far, in their order. */
  get starts() {
    const { components } = this.settings;
    return (this.ended[`${this.place} ${components}`] ??= []);
  }

  restore() {
    this.tell("restore");
  }

  /** What the family says of the point; of questions that come while it thinks, the latest is asked. */
  ask() {
    this.again = this.asking; // once more: the point or the family has changed meanwhile
    if (this.asking || this.isEmpty) return;
    this.asking = true;
    this.askedAt = performance.now();
    this.askAt = Infinity;
    this.tell("ask", { number: this.number, at: this.settings.at });
  }

  /** One more stroke of the drawing; one too long is left out, and `problem` says so.
   * @param {Point[]} points */
  addStroke(points) {
    if (DATA.drawn([...this.strokes, points]).components.length > MOST_COMPONENTS) {
      this.problem = "full";
      return;
    }
    this.strokes = [...this.strokes, points];
    this.drawings++;
    this.open();
  }

  clear() {
    this.strokes = [];
    this.drawings++;
    this.open();
  }

  /** What a link says; null is what the page begins with, or what is enough. A drawing stays on the page. */
  linked() {
    const { data, restarts, ...others } = this.settings;
    const { enough, restored, steps } = this.frame ?? {};
    const plain = this.frame && !restored && !this.frame.training && steps !== enough;
    return {
      ...others,
      data: this.drawing ? null : data,
      restarts: others.family === "gaussians" ? restarts : null,
      steps: plain && !this.drawing ? steps : null,
    };
  }

  /** @param {Record<string, any>} link */
  follow({ steps, ...link }) {
    const settings = Object.entries({ ...DEFAULTS, ...link }).filter(([, value]) => value !== null);
    Object.assign(this.settings, DEFAULTS, Object.fromEntries(settings));
    if (!FAMILIES[this.settings.family]) this.settings.family = DEFAULTS.family;
    this.open(steps ?? FAMILIES[this.settings.family].enough);
  }
}
