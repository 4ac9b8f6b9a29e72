/* The thread of a runner. */

import { Service } from "./service.js";

/** @type {any} */
const scope = globalThis;
const service = /** @type {any} */ (new Service());

scope.onmessage = async (/** @type {any} */ { data: { question, task, values } }) => {
  try {
    const result = await service[task](...values);
    const tensors = [result].flat().filter((one) => one?.data);
    // moved, not copied; a sample may be all of a larger array
    scope.postMessage({ question, result }, [...new Set(tensors.map(({ data }) => data.buffer))]);
  } catch (error) {
    scope.postMessage({ question, error: error instanceof Error ? error.message : `${error}` });
  }
};
scope.postMessage("ready");
