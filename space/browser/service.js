/* The models of a runner, where they compute: in its worker, or in place of one. */

import { Model } from "./models.js";

export class Service {
  constructor() {
    /** @type {Map<number, Model>} */
    this.models = new Map();
    this.loaded = 0;
  }

  /** @param {string} url
   * @param {string[]} methods */
  async load(url, methods) {
    const model = await Model.open(url);
    await model.prepare(...methods);
    const key = this.loaded++;
    this.models.set(key, model);
    return { key, family: model.family, config: model.config, methods: model.methods };
  }

  /** @param {number} key */
  find(key) {
    const model = this.models.get(key);
    if (!model) throw new Error("this model was given back");
    return model;
  }

  /** @param {number} key
   * @param {string[]} methods */
  async prepare(key, methods) {
    await this.find(key).prepare(...methods);
  }

  /** @param {number} key
   * @param {string} method
   * @param {any[]} values */
  async run(key, method, ...values) {
    const model = this.find(key);
    await model.prepare(method);
    return model.run(method, ...values);
  }

  /** @param {number} key */
  async drop(key) {
    this.models.delete(key);
  }
}
