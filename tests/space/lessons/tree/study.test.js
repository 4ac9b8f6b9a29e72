/* A family on the bench: it learns, is drawn, scored and asked; the same order gives the same numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EXTENT } from "../../../../space/browser/mixtures.js";
import { middles } from "../../../../space/browser/plane/data.js";
import { FAMILIES } from "../../../../space/browser/plane/families.js";
import { power } from "../../../../space/lessons/tree/answers.js";
import { Bench } from "../../../../space/lessons/tree/bench.js";
import { picture } from "../../../../space/lessons/tree/pictures.js";
import { FILM, SHOWN, Study } from "../../../../space/lessons/tree/study.js";

const ORDER = { data: "moons", strokes: [], seed: 3 };

/** A study that has learned so many steps, and is scored. */
function done(order, steps = 20) {
  const study = new Study({ ...ORDER, ...order });
  study.train(Math.min(steps, study.enough));
  for (let i = 0; study.work(50); i++) assert.ok(i < 10000);
  return study;
}

/** A study that has learned so many steps, and is not scored yet. */
function taught(order, steps) {
  const study = new Study({ ...ORDER, ...order });
  study.train(Math.min(steps, study.enough));
  while (study.training) study.work(50);
  return study;
}

/** What a generator returns. */
function whole(pieces) {
  for (;;) {
    const { done: end, value } = pieces.next();
    if (end) return value;
  }
}

const timeless = (/** @type {any} */ { seconds, sampleMs, ...result }) => result;

test("the same order gives the same numbers, in whatever pieces it is worked off", () => {
  for (const family of ["autoregressive", "gaussians", "gan"]) {
    const [one, other] = [done({ family }), new Study({ ...ORDER, family })];
    other.train(20);
    while (other.work(0.5));
    assert.deepEqual(timeless(one.result), timeless(other.result), family);
    assert.deepEqual(one.frame().samples, other.frame().samples);
    assert.equal(one.frame().samples.length, 2 * SHOWN);
    assert.deepEqual(one.ask([0.5, 1]), other.ask([0.5, 1]));
  }
});

test("what learned, stopped and learned on is what learned at once", () => {
  const study = done({ family: "flow" }, 10);
  const before = study.result;
  study.train(20);
  assert.equal(study.frame().result, null); // it holds no more
  while (study.work(50));
  assert.equal(before.steps, 10);
  assert.deepEqual(timeless(study.result), timeless(done({ family: "flow" }, 20).result));
});

test("a picture holds one unit of probability, and is the density that is scored", () => {
  for (const family of ["histogram", "kernels", "gaussians", "autoregressive", "energy", "vae"]) {
    const study = taught({ family }, family === "vae" ? 300 : 30);
    const values = whole(picture(study.learner, "fine"));
    const side = Math.sqrt(values.length);
    const cell = (2 * EXTENT) / side;
    const mass = values.reduce((sum, value) => sum + value, 0) * cell * cell;
    assert.ok(mass > 0.93 && mass < 1.01, `${family}: ${mass}`); // some of it lies outside
    const at = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    const point = middles(side).slice(2 * at, 2 * at + 2);
    const exact = Math.exp(study.family.logDensity(point, 1)[0]);
    assert.ok(Math.abs(values[at] / exact - 1) < 0.01, `${family}: ${values[at]}, ${exact}`);
  }
});

test("a VAE answers with bounds that rise to the exact value", () => {
  const study = taught({ family: "vae" }, 200);
  for (const at of /** @type {import("../../../../space/browser/mixtures.js").Point[]} */ ([
    [0, 0],
    [1.4, -0.9],
    [-2.9, 2.9],
  ])) {
    const { bounds, log } = study.ask(at);
    assert.equal(bounds.length, 7);
    bounds.forEach((bound, i) =>
      assert.ok(bound <= (bounds[i + 1] ?? log) + 0.02, `${at}: ${bounds}, ${log}`),
    );
  }
});

test("a GAN is not asked: the ruler's answer is another with another width", () => {
  const study = done({ family: "gan" });
  assert.equal(study.result.kl, undefined);
  assert.equal(study.ask([0, 1]).log, null);
  const { kl } = study.ruled;
  const { ruled } = study.ask([0, 1]);
  study.setRuler(0.5);
  while (study.work(50));
  assert.ok(Math.abs(study.ruled.kl - kl) > 0.1 && study.ruled.bandwidth === 0.5);
  assert.ok(Math.abs(study.ask([0, 1]).ruled - ruled) > 0.1);
});

test("a field gives the way of its points, and leads onwards at each time", () => {
  for (const [family, clock] of [
    ["diffusion", "sigma"],
    ["matching", "t"],
  ]) {
    const study = taught({ family }, 5);
    const film = study.makeFilm();
    assert.deepEqual([film.way.length, film.fields.length, film.clock], [FILM + 1, FILM + 1, clock]);
    const { grid } = film;
    const step = study.family.move(Float64Array.from(grid), grid.length / 2, film.times[0], film.times[1]);
    const along = step.reduce((sum, value, i) => sum + (value - grid[i]) * film.fields[0][i], 0);
    assert.ok(along > 0, family);
  }
});

test("numbers that are not finite stop the learning, and the last good state is scored again", () => {
  const study = done({ family: "autoregressive", rate: 1000 }, 200);
  assert.ok(study.frame().broken && study.result === null && study.frame().samples === null);
  study.train(0); // opened again
  assert.ok(!study.frame().busy);
  study.restore();
  while (study.work(50));
  const { broken, restored, result } = study.frame();
  assert.ok(!broken && restored && Number.isFinite(result.kl));
  study.train(study.learner.steps + 5);
  while (study.work(50));
  assert.ok(study.result);
});

test("a family whose numbers are lost says so, whichever it is, and comes back as it was", () => {
  for (const family of Object.keys(FAMILIES).filter((name) => FAMILIES[name].enough)) {
    const study = taught({ family }, 2);
    const before = study.frame().samples;
    study.learner.keep();
    study.learner.parts()[0].fill(Number.NaN);
    study.train(study.enough);
    while (study.training) study.work(50);
    const lost = study.frame();
    assert.ok(lost.broken && !lost.busy && lost.samples === null && lost.density === null, family);
    assert.equal(study.ask([0, 0]).log, null);
    study.restore();
    const back = study.frame();
    assert.ok(!back.broken && back.restored && back.steps === 2, family);
    if (!study.family.trajectory) assert.deepEqual(back.samples, before, family); // else by other steps
    assert.ok(back.samples.every(Number.isFinite), family);
  }
});

test("a drawing of one dot, at the edge too, is learned by every family; one outside is refused", () => {
  for (const dot of [
    [0, 0],
    [EXTENT, -EXTENT],
  ])
    for (const family of Object.keys(FAMILIES)) {
      const study = taught({ family, data: "drawn", strokes: [[/** @type {any} */ (dot)]] }, 3);
      const { broken, samples } = study.frame();
      assert.ok(!broken && samples.every(Number.isFinite), family);
      assert.ok(!Number.isNaN(study.ask(/** @type {any} */ (dot)).log ?? 0), family);
    }
  assert.throws(() => new Study({ ...ORDER, family: "gan", data: "drawn", strokes: [[[9, 9]]] }), RangeError);
});

test("each start of the Gaussians is another, and none waits for those before it", () => {
  const [first, second] = [0, 1].map((restarts) => taught({ family: "gaussians", restarts }, 5));
  assert.notEqual(first.learner.loss, second.learner.loss);
  const begin = performance.now();
  new Study({ ...ORDER, family: "gaussians", restarts: 100, settings: { components: 40 } });
  assert.ok(performance.now() - begin < 3000); // 100 starts take many times as long
});

test("without a thread the bench says so, whatever is set", () => {
  /** @type {string[]} */
  const failed = [];
  const bench = new Bench({ framed: () => {}, said: () => {}, failed: (reason) => failed.push(reason) });
  assert.deepEqual(failed, []); // the page does not know the bench yet
  bench.start();
  bench.set({ family: "flow" });
  assert.deepEqual(failed, ["thread"]);
  assert.equal(bench.problem, "thread");
});

test("a family that learns is not asked at each frame, but is once it has learned", () => {
  const bench = new Bench({ framed: () => {}, said: () => {}, failed: () => {} });
  const told = /** @type {string[]} */ ([]);
  bench.tell = (task) => told.push(task);
  bench.open();
  const { number } = bench;
  const learning = { number, frame: { family: "vae", busy: true, training: true } };
  const said = { number, said: { log: 0 } };
  for (const message of [learning, learning, said, learning]) bench.receive(message);
  assert.deepEqual(told, ["open", "ask"]);
  bench.set({ at: [0, 0] });
  bench.receive(said);
  bench.receive({ number, frame: { family: "vae", busy: false, training: false } });
  assert.deepEqual(told, ["open", "ask", "ask", "ask"]);
});

test("powers of ten are written as a reader reads them", () => {
  assert.equal(power(Math.log10(1024)), "1,024");
  assert.equal(power(-1), "0.1");
  assert.equal(power(784 * Math.log10(32)), "1.1 × 10¹¹⁸⁰");
  assert.equal(power(-11.44), "3.6 × 10⁻¹²");
});
