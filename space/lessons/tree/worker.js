/* The thread in which families learn: one at a time, the others as they were left. bench.js says what it is told, and
 * what it sends.
 */

import { Study } from "./study.js";

/** @type {any} */
const scope = globalThis;
const SLICE_MS = 14; // between two looks at what the page says
const FRAME_MS = 50; // between two frames; more where a frame takes long
const MOST = 20; // studies kept: all families on two sets of data
const MOST_BEGUN = 6; // of them not scored: each move of a slider begins one

/** @type {Map<string, Study>} */
const studies = new Map();
/** @type {{ number: number, key: string, study: Study } | null} */
let open = null; // whose frames the page wants
let looping = false;
let asleep = false; // nobody watches
let frameAt = 0;

function send() {
  if (!open) return;
  const begin = performance.now();
  scope.postMessage({ number: open.number, frame: open.study.frame() });
  const now = performance.now();
  frameAt = now + Math.max(FRAME_MS, 2 * (now - begin));
}

const channel = new MessageChannel(); // comes at once, where a timeout waits some milliseconds
channel.port1.onmessage = () => {
  if (asleep) {
    looping = false;
    return;
  }
  const more = open?.study.work(SLICE_MS) ?? false;
  if (!more || performance.now() > frameAt) send();
  looping = more;
  if (more) channel.port2.postMessage(null);
};

function loop() {
  if (looping) return;
  looping = true;
  channel.port2.postMessage(null);
}

/** @type {Record<string, (values: any) => void>} */
const TASKS = {
  open({ number, key, order, until, ruler }) {
    open?.study.stop();
    let kept = studies.get(key);
    if (until !== null && kept && kept.learner.steps > until) kept = undefined; // it has learned more than that
    try {
      open = { number, key, study: kept ?? new Study(order) };
    } catch (error) {
      open = null;
      scope.postMessage({ number, problem: error instanceof RangeError ? "outside" : `${error}` });
      return;
    }
    const { study } = open;
    studies.delete(key);
    studies.set(key, study); // the latest last
    const begun = [...studies].filter(([, { result }]) => !result);
    for (const [old] of begun.slice(0, -MOST_BEGUN)) studies.delete(old);
    if (studies.size > MOST) studies.delete([...studies.keys()][0]);
    study.train(kept && until === null ? 0 : (until ?? study.enough));
    if (study.ruler !== ruler) study.setRuler(ruler); // it has moved since
    frameAt = 0;
  },
  train: ({ until }) => open?.study.train(until),
  stop: () => open?.study.stop(),
  restore() {
    if (open) studies.delete(open.key); // no link leads there
    open?.study.restore();
  },
  sleep: ({ on }) => (asleep = on),
  rule: ({ bandwidth }) => open?.study.setRuler(bandwidth),
  ask({ number, at }) {
    if (open?.number === number) scope.postMessage({ number, said: open.study.ask(at) });
  },
};

scope.onmessage = (/** @type {any} */ { data: { task, ...values } }) => {
  TASKS[task](values);
  if (task !== "ask") loop(); // an answer is all of the answer
};
scope.postMessage({ ready: true });
