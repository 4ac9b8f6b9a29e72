/* Models in a thread of their own, so that the page stays alive while they compute.
 *
 *   const runner = new Runner()
 *   const model = await runner.load(url, ["decode"])       {config, methods}, with the networks of these methods
 *   await model.prepare("encode")                          fetches the networks of more methods
 *   const images = await model.run("decode", z)            see models.js; tensors are copied
 *   model.dispose(), runner.dispose()                      give memory back: of a model, of all and the thread
 *
 * A runner answers in the order that it was asked. Where a browser has no worker modules, it computes in this thread.
 */

import { Service } from "./service.js";

/** @typedef {{ family: string, config: Record<string, any>, methods: string[], prepare: (...methods: string[]) => Promise<void>,
 *   run: (method: string, ...values: any[]) => Promise<any>, dispose: () => Promise<void> }} RemoteModel */
/** @typedef {{ resolve: (value: any) => void, reject: (error: Error) => void }} Waiting */

/** @type {any} */
const scope = globalThis; // whose `Worker` TypeScript declares for pages alone

const GIVEN_BACK = "these models were given back";

export class Runner {
  constructor() {
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map(); // by number of the question
    this.asked = 0;
    this.disposed = false;
    /** @type {any} */
    this.worker = null;
    /** @type {Service | null} */
    this.service = null; // in place of the worker
    this.started = this.start();
  }

  /** Resolves when there is a worker, or none to be had. */
  async start() {
    try {
      this.worker = new scope.Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      await new Promise((resolve, reject) => {
        this.worker.onmessage = resolve; // the first message says that it is there
        this.worker.onerror = reject;
      });
      this.worker.onmessage = (/** @type {any} */ { data }) => this.receive(data);
      this.worker.onerror = (/** @type {any} */ { message }) => this.refuse(message);
    } catch {
      this.worker?.terminate();
      this.worker = null;
      this.service = new Service();
    }
  }

  /** What was asked gets no answer any more.
   * @param {string} message */
  refuse(message) {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }

  /** @param {{ question: number, result?: any, error?: string }} answer */
  receive({ question, result, error }) {
    const { resolve, reject } = /** @type {Waiting} */ (this.waiting.get(question));
    this.waiting.delete(question);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  }

  /** @param {"load" | "prepare" | "run" | "drop"} task  of service.js
   * @param {any[]} values
   * @returns {Promise<any>} */
  async ask(task, ...values) {
    await this.started;
    if (this.disposed) throw new Error(GIVEN_BACK);
    if (this.service) return /** @type {any} */ (this.service)[task](...values);
    const question = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(question, { resolve, reject });
      this.worker.postMessage({ question, task, values });
    });
  }

  /** A model with the networks that `methods` need; those that others need are fetched when they are first asked for.
   * @param {URL | string} url  of its weights
   * @param {string[]} [methods]
   * @returns {Promise<RemoteModel>} */
  async load(url, methods = []) {
    const { key, family, config, methods: all } = await this.ask("load", `${url}`, methods);
    return {
      family,
      config,
      methods: all,
      prepare: (...methods) => this.ask("prepare", key, methods),
      run: (method, ...values) => this.ask("run", key, method, ...values),
      dispose: () => this.ask("drop", key),
    };
  }

  /** Ends whatever is being computed. */
  dispose() {
    this.disposed = true;
    this.started.then(() => this.worker?.terminate());
    this.service = null;
    this.refuse(GIVEN_BACK);
  }
}
