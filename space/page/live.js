/* Models that a lesson computes with: in the visitor's browser or, where that fails, on the server.
 *
 *   const live = new Live(element, "generate")      of a lesson's tab; `element` holds `computed()` of markup.py
 *   live.update(async (open) => {
 *     const model = await open("dcgan-mnist", ["decode"]);      {family, config, methods, run}, as in browser/runner.js
 *     return model.run("decode", z);
 *   }, (images) => draw(images));
 *
 * The newest `update` wins. While the browser computes an earlier one, it waits, and of several that wait only the
 * newest is computed: a slider makes as many frames as the browser can. What waits for weights or for the server is
 * given up at once, and its answer dropped. Neither may keep what it was given: `show` is called once with what
 * `compute` returned, and the element says where that was computed; or `fail`, where nobody could compute the newest.
 *
 * While nothing is there yet, the element shows that it waits (waiting.js).
 *
 * `new Live(element, tab, true)` computes nothing, and fetches no weights, until the visitor has the element nearly in
 * view: what lies far down a long tab costs only those who go there.
 *
 * All lessons of a page share one thread. It ends when another tab is opened, which gives its memory back; in the tab
 * that is opened, the models of its lessons are fetched again, which the browser has in its cache.
 */

import { methodsOf } from "../browser/models.js";
import { tensor } from "../browser/nn.js";
import { base64ToFloats } from "../browser/numbers.js";
import { Runner } from "../browser/runner.js";
import { UNREACHED } from "../browser/safetensors.js";
import { inPath, ROOT, setText } from "./dom.js";
import { isOpen, onTab } from "./link.js";
import { Waiting } from "./waiting.js";

/** @import { Tensor } from "../browser/nn.js" */
/** @import { RemoteModel } from "../browser/runner.js" */
/** @typedef {Pick<RemoteModel, "family" | "config" | "methods" | "run">} Opened */
/** @typedef {(name: string, methods: string[]) => Promise<Opened>} Open  fetches the networks of these methods, of those
 * that the model has */
/** @typedef {{ compute: (open: Open) => Promise<any>, show: (result: any) => void, fail: () => void,
 *   shown: boolean }} Update */
/** Where something was computed: here, or on the server because the weights were late, missing or of no use.
 * @typedef {"browser" | "late" | "missing" | "useless"} Where */
/** One computation of an update: where the tab is left and opened again, the same update has another.
 * @typedef {{ update: Update, where: Where, settled?: Promise<void> }} Attempt */

const PATIENCE_MS = 20_000; // for weights to arrive
const ANSWER_MS = 60_000; // for the server to compute
const SETTLED_MS = 150; // without something newer, before the server is asked: a slider that moves asks once
const MOST_NUMBERS = 50_000; // in a question to the server, which takes 300 kB
const MOST_SAID = 400; // characters of what the server says
const NEARLY = "30%"; // of the screen's height, below and above it

const LATE = "the weights have not arrived in time";
const STALE = "there is something newer to compute";

/** @type {Runner | null} */
let runner = null;
/** @type {Map<string, Promise<RemoteModel>>} */
let opening = new Map(); // by name
/** @type {Map<string, Promise<RemoteModel>>} */
let loading = new Map(); // by name and methods
/** @type {Live[]} */
let all = [];

/** Where the weights of a model are.
 * @param {string} name */
export const weightsOf = (name) => new URL(`weights/${inPath(name)}`, ROOT);

/** A model in the page's thread. What failed once is not tried again until the tab has been left.
 * @param {string} name
 * @param {string[]} methods
 * @returns {Promise<RemoteModel>} */
function load(name, methods) {
  const [key, here] = [[name, ...methods].join(), loading];
  if (!here.has(key)) {
    runner ??= new Runner();
    if (!opening.has(name)) opening.set(name, runner.load(weightsOf(name)));
    const loaded = opening.get(name).then(async (model) => {
      await model.prepare(...methods.filter((method) => model.methods.includes(method)));
      return model;
    });
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error(LATE)), PATIENCE_MS));
    here.set(key, Promise.race([loaded, late]));
    loaded.then(
      () => here.set(key, loaded), // weights that came late are used from then on
      () => {},
    );
  }
  return here.get(key);
}

/** @param {Error} error
 * @returns {Where} */
function reasonOf({ message }) {
  console.warn(`computing on the server: ${message}`);
  if (message === LATE) return "late";
  return message.startsWith(UNREACHED) ? "missing" : "useless";
}

/** The server cannot, or will not, and says why in a sentence. */
export class Refusal extends Error {}

/** @param {Response} answer */
export async function refusal(answer) {
  const isText = answer.headers.get("content-type")?.startsWith("text/plain");
  return new Refusal(isText ? (await answer.text()).slice(0, MOST_SAID) : "");
}

/** A model that the server computes with.
 * @param {string} name
 * @returns {Promise<Opened>} */
async function remote(name) {
  const answer = await fetch(`${weightsOf(name)}/config.json`);
  if (!answer.ok) throw await refusal(answer);
  const { family, config } = await answer.json();
  return {
    family,
    config,
    methods: methodsOf(family),
    run: (method, ...values) => ask(name, method, values),
  };
}

/** What a method gives of its values, the first of which is a tensor; many rows are sent in pieces. Before each, `check`
 * may throw that nobody wants it any more.
 * @param {string} name
 * @param {string} method
 * @param {any[]} values
 * @param {() => void} [check]
 * @returns {Promise<any>} a tensor, or several */
async function ask(name, method, [x, ...others], check = () => {}) {
  const [number, ...shape] = x.shape;
  const size = x.data.length / number;
  const most = Math.max(1, Math.floor(MOST_NUMBERS / size));
  const answers = [];
  for (let start = 0; start < number; start += most) {
    check();
    const rows = x.data.slice(start * size, (start + most) * size);
    const sent = tensor([rows.length / size, ...shape], rows);
    const response = await fetch(new URL(`compute/${inPath(name)}/${method}`, ROOT), {
      method: "POST",
      body: JSON.stringify([sent, ...others], (_, value) => (value?.data?.buffer ? pack(value) : value)),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!response.ok) throw await refusal(response);
    answers.push((await response.json()).map(unpack));
  }
  const whole = answers[0].map((_, i) => joined(answers.map((answer) => answer[i])));
  return whole.length > 1 ? whole : whole[0];
}

/** A tensor as the server reads it.
 * @param {Tensor} x */
export function pack({ shape, data }) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { shape, data: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}

/** @param {{ shape: number[], data: string }} x */
const unpack = ({ shape, data }) => tensor(shape, base64ToFloats(data));

/** Rows of several tensors in one.
 * @param {Tensor[]} parts */
function joined(parts) {
  const [{ shape }] = parts;
  const number = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const whole = tensor([number, ...shape.slice(1)]);
  let end = 0;
  for (const { data } of parts) {
    whole.data.set(data, end);
    end += data.length;
  }
  return whole;
}

export class Live {
  /** @param {Element} element  with `computed()` of markup.py in it
   * @param {string} tab  the one that it is in
   * @param {boolean} [waits]  until the element is nearly in view */
  constructor(element, tab, waits = false) {
    this.element = element;
    this.tab = tab;
    /** @type {Update | null} */
    this.newest = null;
    /** @type {Attempt | null} */
    this.current = null; // others that are still under way are stale
    this.computing = false; // whether the browser computes just now
    /** @type {Map<string, string[]>} */
    this.models = new Map(); // name -> methods of those in use, to be fetched again
    this.waiting = new Waiting(element);
    this.waits = waits;
    if (waits) this.waitForView();
    all.push(this);
  }

  waitForView() {
    const observer = new IntersectionObserver(
      (seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        this.waits = false;
        if (isOpen(this.tab)) this.enter();
      },
      { rootMargin: `${NEARLY} 0px` },
    );
    observer.observe(this.element);
  }

  /** @param {Update["compute"]} compute
   * @param {Update["show"]} show
   * @param {Update["fail"]} [fail] */
  update(compute, show, fail = () => {}) {
    this.newest = { compute, show, fail, shown: false };
    if (isOpen(this.tab) && !this.computing && !this.waits) this.start();
  }

  async start() {
    const one = this.newest;
    /** @type {Attempt} */
    const attempt = { update: one, where: "browser" };
    this.current = attempt;
    this.models = new Map();
    this.waiting.begin();
    try {
      const result = await one.compute((name, methods) => this.open(attempt, name, methods));
      if (this.current !== attempt) return;
      this.waiting.end();
      one.show(result);
      one.shown = true;
      this.say(attempt.where);
    } catch (error) {
      if (this.current !== attempt) return;
      console.warn(error);
      if (this.newest === one) one.fail();
      this.say("failed", error instanceof Refusal ? error.message : "");
    }
    if (this.newest !== one) this.start();
  }

  /** @param {Attempt} attempt
   * @param {string} name
   * @param {string[]} methods
   * @returns {Promise<Opened>} */
  async open(attempt, name, methods) {
    const check = () => {
      if (this.current !== attempt) throw new Error(STALE);
    };
    check();
    this.models.set(name, methods);
    const model = await load(name, methods).catch((error) => {
      check();
      attempt.where = reasonOf(error);
      return remote(name);
    });
    check();
    let here = attempt.where === "browser";
    const run = async (/** @type {string} */ method, /** @type {any[]} */ ...values) => {
      check();
      if (here) {
        this.computing = true;
        try {
          return await model.run(method, ...values);
        } catch (error) {
          check();
          attempt.where = reasonOf(error);
          here = false;
        } finally {
          if (this.current === attempt) this.computing = false;
        }
      }
      if (this.newest !== attempt.update) this.start(); // it need not wait for the server
      attempt.settled ??= new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      await attempt.settled;
      return ask(name, method, values, check);
    };
    return { family: model.family, config: model.config, methods: model.methods, run };
  }

  /** @param {Where | "failed"} where
   * @param {string} [why]  the server's sentence */
  say(where, why = "") {
    if (where === "failed") this.waiting.end(); // also where there was nothing to compute yet
    const place = /** @type {HTMLElement} */ (this.element.querySelector(".computed"));
    const said = /** @type {HTMLElement} */ (place.querySelector(".why"));
    said.hidden = !why;
    setText(said, why);
    if (place.dataset.where === where) return;
    place.dataset.where = where;
    for (const sentence of /** @type {Iterable<HTMLElement>} */ (place.querySelectorAll("[data-where]")))
      sentence.hidden = sentence.dataset.where !== where;
  }

  /** Its tab has been left. */
  leave() {
    this.waiting.end();
    this.current = null;
    this.computing = false;
  }

  /** Its tab has been opened again. */
  enter() {
    if (this.waits) return;
    if (this.newest && !this.newest.shown) this.start();
    else for (const [name, methods] of this.models) load(name, methods).catch(() => {}); // said when it is needed
  }
}

onTab(() => {
  all = all.filter(({ element }) => element.isConnected);
  runner?.dispose();
  runner = null;
  opening = new Map();
  loading = new Map();
  for (const live of all) {
    live.leave();
    if (isOpen(live.tab)) live.enter();
  }
});
