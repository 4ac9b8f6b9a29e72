/* Networks in the browser are those of PyTorch: layers, models, random numbers. tests/space/browser/references.py makes
 * what they are compared with. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Conv2d, ConvTranspose2d, Linear } from "../../../space/browser/convolutions.js";
import { Engine } from "../../../space/browser/engine.js";
import { scaleAboutCentre } from "../../../space/browser/families/layers.js";
import { mean, row, walk } from "../../../space/browser/latents.js";
import { Model } from "../../../space/browser/models.js";
import * as nn from "../../../space/browser/nn.js";
import { range } from "../../../space/browser/numbers.js";
import { Runner } from "../../../space/browser/runner.js";
import { WeightsFile } from "../../../space/browser/safetensors.js";
import * as shapes from "../../../space/browser/shapes.js";
import { TorchRandom } from "../../../space/browser/torch_random.js";
import { serving } from "./server.js";

const FOLDER = process.env.REFERENCES;
const needsReferences = { skip: !FOLDER && "pytest makes the references" };
const json = (name) => JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8"));
const LAYERS = { ...nn, ...shapes, Conv2d, ConvTranspose2d, Linear };

/** Calls `use(tensor)`; `tensor` takes what a case says of a tensor. */
async function withTensors(name, said, use) {
  await serving(readFileSync(`${FOLDER}/${name}.safetensors`), async (url) => {
    const found = await (await WeightsFile.open(url)).fetch(said.map(({ name, shape }) => [name, shape]));
    await use(({ name, shape }) => nn.tensor(shape, found.get(name)), url);
  });
}

/** Largest difference of two tensors, which must be of one shape and hold numbers. */
function difference(actual, expected, what) {
  assert.deepEqual(actual.shape, expected.shape, what);
  assert.equal(actual.data.length, expected.data.length, what);
  return expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.data[i])), 0);
}

test("layers give what PyTorch's give", needsReferences, async () => {
  const { layers: cases, functions } = json("layers");
  const said = [...cases, ...functions].flatMap(({ x, y }) => [x, y]);
  await withTensors("layers", said, async (tensor, url) => {
    const file = await WeightsFile.open(url);
    for (const [i, { layers, x, y }] of cases.entries()) {
      const build = () =>
        new nn.Sequential(...layers.map(([kind, ...values]) => new LAYERS[kind](...values)));
      const weights = await file.fetch(build().parameters(`${i}.`));
      for (const simd of [true, false]) {
        const network = build();
        network.load(weights, `${i}.`);
        network.pack(new Engine(simd));
        const before = tensor(x).data.slice();
        const error = difference(network.forward(tensor(x)), tensor(y), JSON.stringify(layers));
        assert.deepEqual(tensor(x).data, before, "the input is as it was");
        assert.ok(error < 1e-5, `${JSON.stringify({ i, simd, layers, x, error })}`);
      }
    }
    for (const { scale, nearest, x, y } of functions) {
      const actual = scale ? scaleAboutCentre(tensor(x), scale) : shapes.nearest(tensor(x), nearest);
      assert.ok(difference(actual, tensor(y)) < 1e-5, JSON.stringify({ scale, nearest }));
    }
  });
});

/** The largest size of a number in a tensor. */
const largest = ({ data }) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** What a case says of the tensors in an argument. */
const tensorsIn = (value) =>
  value?.shape ? [value] : value?.known ? Object.values(value.known).flatMap(tensorsIn) : [];

/** An argument with its tensors. */
function filledIn(value, tensor) {
  if (value?.shape) return tensor(value);
  if (!value?.known) return value;
  const known = Object.entries(value.known).map(([name, one]) => [name, filledIn(one, tensor)]);
  return { ...value, known: Object.fromEntries(known) };
}

/** Largest difference from PyTorch. From predicted noise, x_start = (x_t - sigma noise) / a divides the network's
 * rounding by an `a` that is near 0 at first: there two of PyTorch's own kernels give samples 1.5e-3 apart. */
const bound = ({ config }, method) =>
  config.prediction === "noise" && ["sample", "decode", "denoise", "trajectory", "forward"].includes(method)
    ? 1e-3
    : 1e-4;

test("models give what PyTorch's give, by every method", needsReferences, async () => {
  const cases = json("models");
  const said = cases.flatMap(({ calls }) =>
    calls.flatMap(({ values, outputs }) => [...values.flatMap(tensorsIn), ...outputs]),
  );
  const worst = [];
  await withTensors("models", said, async (tensor) => {
    for (const { name, description, weights, calls } of cases) {
      await serving(readFileSync(weights), async (url) => {
        const small = weights.includes("small");
        const models = [await Model.open(url, { description })];
        if (small) models.push(await Model.open(url, { description, simd: false })); // which takes long
        const done = calls.map(({ method }) => method);
        assert.deepEqual([...new Set(models[0].methods)].sort(), [...new Set(done)].sort(), name);
        for (const model of models) {
          for (const one of model.engine.simd ? calls : calls.slice(0, 1)) {
            const { method, values, outputs } = one;
            await model.prepare(method);
            const given = values.map((value) => filledIn(value, tensor));
            const results = [model.run(method, ...given)].flat();
            assert.equal(results.length, outputs.length);
            const errors = outputs.map((one, i) => difference(results[i], tensor(one), `${name} ${method}`));
            // logits of a decoder are as large as 100: their share of the largest counts
            const share = method === "decode_logits" ? 10 / largest(tensor(outputs[0])) : one.share;
            const error = Math.max(...errors) * share;
            assert.ok(
              error < bound(description, method),
              `${name} ${method}: ${error}, SIMD: ${model.engine.simd}`,
            );
            worst.push(error);
          }
        }
      });
    }
  });
  assert.ok(worst.length > 100);
});

test("only the networks that a method needs are fetched, once", needsReferences, async () => {
  const [{ description, weights, calls }] = json("models");
  await serving(readFileSync(weights), async (url, asked) => {
    const model = await Model.open(url, { description });
    await Promise.all([model.prepare("decode"), model.prepare("decode")]);
    assert.equal(asked.length, 2);
    const shape = calls.find(({ method }) => method === "decode").values[0].shape;
    model.run("decode", nn.tensor(shape));
    const [from, to] = asked[1].match(/\d+/g).map(Number);
    assert.ok(to - from < 0.6 * readFileSync(weights).length, "the encoder stays on the server");
    await model.prepare("forward");
    assert.equal(asked.length, 3);
    await assert.rejects(model.prepare("toString"), /there is no method toString/);
  });
});

test("a model that its weights do not fit is refused, and can be tried again", needsReferences, async () => {
  const [{ description, weights }] = json("models");
  const other = { ...description, config: { ...description.config, hidden_dim: 499 } };
  const file = readFileSync(weights);
  await serving(file, async (url) => {
    const model = await Model.open(url, { description: other });
    await assert.rejects(model.prepare("decode"), /decoder\.\d\.\w+ has the shape \(.*\); needed: \(/);
    await assert.rejects(model.prepare("decode"), /has the shape/);
    await assert.rejects(
      Model.open(url, { description: { ...description, family: "constructor" } }),
      /the family constructor/,
    );
    await assert.rejects(Model.open(url), /^Error: the weights could not be fetched: HTTP 404$/);
  });
  const cut = Uint8Array.from(file.subarray(0, -1000));
  await serving(cut, async (url) => {
    const model = await Model.open(url, { description });
    await assert.rejects(model.prepare("forward"), /ends too early/);
  });
});

test("without workers a runner computes in its own thread", needsReferences, async () => {
  const { description, weights } = json("models").find(({ description }) => description.family === "VAE");
  const runner = new Runner();
  await serving(
    readFileSync(weights),
    async (url) => {
      const model = await runner.load(url, ["decode"]);
      assert.deepEqual(model.config, description.config);
      const { shape } = await model.run("sample", 3, 0);
      assert.deepEqual(shape, [3, 28, 28, 1]);
      await model.dispose();
      await assert.rejects(model.run("sample", 3, 0), /given back/);
      await assert.rejects(runner.load(`${url}s`), /HTTP 404/);
      const other = await runner.load(url);
      runner.dispose();
      await assert.rejects(other.run("sample", 3, 0), /given back/);
    },
    { description },
  );
});

test("random numbers are those of a torch.Generator", needsReferences, () => {
  for (const { seed, uniform, normal, integers } of json("random")) {
    const random = new TorchRandom(seed);
    assert.deepEqual([...random.uniform(uniform.length)], uniform, `seed ${seed}`);
    for (const numbers of normal) {
      // PyTorch's own logarithm and cosine depend on the processor in their last bits
      const mine = random.normal(numbers.length);
      numbers.forEach((value, i) => assert.ok(Math.abs(value - mine[i]) < 2e-6, `seed ${seed}`));
    }
    for (const [below, value] of integers) assert.equal(random.integer(below), value, `below ${below}`);
  }
});

test("walks are those of the server", needsReferences, () => {
  for (const { stops, path } of json("paths")) {
    const { shape, data } = walk(
      stops.map((stop) => Float32Array.from(stop)),
      5,
    );
    assert.deepEqual(shape, [5 * stops.length, stops[0].length]);
    path.forEach((value, i) => assert.ok(Math.abs(value - data[i]) < 1e-5, JSON.stringify({ stops, i })));
  }
  const z = nn.tensor([3, 2], Float32Array.of(1, 2, 3, 5, 8, 0));
  assert.deepEqual([...mean(z, [1, 2])], [5.5, 2.5]);
  assert.deepEqual([...row(z, 2)], [8, 0]);
});

test("where WebAssembly is forbidden, the engine is plain JavaScript", () => {
  /** @type {any} */
  const here = WebAssembly;
  const { Memory } = here;
  here.Memory = class {
    constructor() {
      throw new here.CompileError("refused by the page's Content-Security-Policy");
    }
  };
  try {
    const engine = new Engine();
    assert.equal(engine.simd, false);
    const address = engine.keep(Float32Array.of(1, 2, 3));
    engine.reserve(1_000_000); // what is kept stays
    assert.deepEqual([...engine.floats.subarray(address / 4, address / 4 + 3)], [1, 2, 3]);
  } finally {
    here.Memory = Memory;
  }
});

test("the kernel is several times as fast as plain JavaScript", () => {
  const [rows, length, columns] = [64, 288, 64];
  const times = [true, false].map((simd) => {
    const engine = new Engine(simd);
    assert.equal(engine.simd, simd);
    const b = engine.pack(
      columns,
      new Float32Array(1).fill(1),
      new Int32Array(length),
      0,
      new Float32Array(columns).fill(1),
    );
    const bias = engine.keep(new Float32Array(columns));
    const a = engine.scratch(4 * (rows * length + rows * columns + 2 * rows));
    const [out, patches, outs] = [0, columns, columns + 1].map((width) => a + 4 * rows * (length + width));
    for (const row of range(rows)) {
      engine.words[patches / 4 + row] = a + 4 * length * row;
      engine.words[outs / 4 + row] = out + 4 * columns * row;
    }
    const once = () => {
      const begun = performance.now();
      engine.multiply(patches, outs, rows / 4, b, bias, columns / 8, 1, length, 0, 1);
      return performance.now() - begun;
    };
    return Math.min(...range(60).map(once)); // the least: others may be computing on this machine
  });
  assert.ok(times[1] > 3 * times[0], `${times} ms`);
});
