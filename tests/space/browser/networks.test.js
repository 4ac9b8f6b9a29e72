/* Networks and the files that they come from. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Adam, buildDecoder, descend, Mlp } from "../../../space/browser/networks.js";
import { Random, range, sigmoid } from "../../../space/browser/numbers.js";
import { fetchTensors, toFloat32, toLayers } from "../../../space/browser/safetensors.js";
import { serving } from "./server.js";

/** A safetensors file of float32 tensors, {name: [shape, numbers]}, with `padding` spaces behind its header. */
function pack(tensors, padding = 0) {
  const header = { __metadata__: { format: "pt" } };
  const numbers = [];
  for (const [name, [shape, values]] of Object.entries(tensors)) {
    header[name] = {
      dtype: "F32",
      shape,
      data_offsets: [4 * numbers.length, 4 * (numbers.length + values.length)],
    };
    numbers.push(...values);
  }
  const text = new TextEncoder().encode(JSON.stringify(header) + " ".repeat(padding));
  const file = new Uint8Array(8 + text.length + 4 * numbers.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(new Uint8Array(Float32Array.from(numbers).buffer), 8 + text.length);
  return file;
}

const FILE = {
  "encoder.0.weight": [
    [2, 2],
    [9, 9, 9, 9],
  ],
  "decoder.10.bias": [[4], [0, 0, 0, 1]],
  "decoder.10.weight": [
    [4, 1],
    [1, 2, -3, 0],
  ],
  "decoder.2.weight": [
    [1, 2],
    [0.5, -2],
  ],
  "decoder.2.bias": [[1], [0.25]],
};

test("a file's layers come in their order, with what is behind another prefix left on the server", async () => {
  await serving(pack(FILE), async (url, asked) => {
    const tensors = await fetchTensors(url, "decoder.");
    assert.deepEqual(
      [...tensors.keys()].sort(),
      Object.keys(FILE)
        .filter((name) => name.startsWith("dec"))
        .sort(),
    );
    const layers = toLayers(tensors);
    assert.deepEqual(
      layers.map(({ shape }) => shape),
      [
        [1, 2],
        [4, 1],
      ],
    );
    assert.deepEqual([...layers[1].weight], [1, 2, -3, 0]);
    assert.deepEqual(asked, ["bytes=0-65535"]);
  });
});

test("a long header takes more requests, and a server without ranges sends all", async () => {
  const file = pack(FILE, 70_000);
  await serving(file, async (url, asked) => {
    assert.deepEqual([...(await fetchTensors(url, "decoder.2.bias")).get("decoder.2.bias").data], [0.25]);
    assert.equal(asked.length, 3);
  });
  await serving(file, async (url) => assert.equal((await fetchTensors(url, "decoder.")).size, 4), false);
});

test("what is no such file is refused", async () => {
  await serving(new Uint8Array(100).fill(255), async (url) => {
    await assert.rejects(fetchTensors(url, ""), /not a safetensors file/);
    await assert.rejects(fetchTensors(`${url}s`, ""), /HTTP 404/);
  });
  await serving(pack(FILE).subarray(0, 60), async (url) => assert.rejects(fetchTensors(url, "")));
});

test("half precision of both kinds", () => {
  const bytes = (halves) => new Uint8Array(Uint16Array.from(halves).buffer);
  const half = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000];
  assert.deepEqual([...toFloat32(bytes(half), "F16")], [1, -2, 2 ** -24, 65504, Infinity, -0]);
  assert.ok(Number.isNaN(toFloat32(bytes([0x7e00]), "F16")[0]));
  assert.deepEqual([...toFloat32(bytes([0x3f80, 0xc040]), "BF16")], [1, -3]);
  assert.throws(() => toFloat32(bytes([0, 0]), "I16"), /dtype I16/);
});

test("a decoder by hand, one code or several at once", () => {
  const layers = [
    { shape: [1, 2], weight: Float32Array.of(0.5, -2), bias: Float32Array.of(0.25) },
    { shape: [4, 1], weight: Float32Array.of(1, 2, -3, 0), bias: Float32Array.of(0, 0, 0, 1) },
  ];
  const { decode, side } = buildDecoder(layers, 2);
  assert.equal(side, 2);
  const hidden = Math.fround(1.25 * sigmoid(1.25)); // 0.5 * 4 - 2 * 0.5 + 0.25
  const expected = [hidden, 2 * hidden, -3 * hidden, 1].map((logit) => Math.fround(sigmoid(logit)));
  assert.deepEqual([...decode([4, 0.5])], expected);
  const three = decode([0, 0, 4, 0.5, 1, 1], 3);
  assert.deepEqual([...three.slice(4, 8)], expected);
});

test("layers that do not fit are refused", () => {
  const layer = { shape: [4, 3], weight: new Float32Array(12), bias: new Float32Array(4) };
  assert.throws(() => buildDecoder([layer], 2), /not an MLP from 2 dimensions/);
  assert.throws(() => buildDecoder([{ ...layer, bias: undefined }], 3), /not an MLP/);
  const three = { shape: [3, 3], weight: new Float32Array(9), bias: new Float32Array(3) };
  assert.throws(() => buildDecoder([three], 3), /not a square/);
});

test("a network's gradients are those of finite differences", () => {
  const random = new Random(1);
  const network = new Mlp([3, 7, 5, 2]).initialise(random); // sizes with remainders by four and by two
  const n = 5;
  const inputs = Float64Array.from({ length: 3 * n }, () => random.normal());
  const weights = Float64Array.from({ length: 2 * n }, () => random.normal()); // of the outputs in the loss
  const loss = () =>
    network.forward(inputs, n).reduce((sum, y, i) => sum + (i < 2 * n ? weights[i] * y : 0), 0);
  const slope = (array, i) => {
    const [before, step] = [array[i], 1e-6];
    array[i] = before + step;
    const up = loss();
    array[i] = before - step;
    const down = loss();
    array[i] = before;
    return (up - down) / (2 * step);
  };
  loss();
  network.backward(Float64Array.from(weights), n, true);
  const gradients = network.gradients.slice();
  loss();
  const slopes = network.backward(Float64Array.from(weights), n, false).slice(0, 3 * n);
  for (const i of range(network.parameters.length))
    assert.ok(Math.abs(gradients[i] - slope(network.parameters, i)) < 1e-7, `parameter ${i}`);
  for (const i of range(3 * n)) assert.ok(Math.abs(slopes[i] - slope(inputs, i)) < 1e-7, `input ${i}`);
});

test("rows are computed alike, however many come at once", () => {
  const random = new Random(2);
  const network = new Mlp([2, 9, 9, 3]).initialise(random);
  const inputs = Float64Array.from({ length: 2 * 7 }, () => random.normal());
  const all = network.forward(inputs, 7).slice(0, 21);
  for (const i of range(7))
    assert.deepEqual(
      network.forward(inputs.slice(2 * i, 2 * i + 2), 1).slice(0, 3),
      all.slice(3 * i, 3 * i + 3),
    );
});

test("Adam's first step is as long as its rate, plain descent's as its gradient", () => {
  const afterStep = (learn) => {
    const network = new Mlp([1, 1]);
    network.gradients.set([3, -0.5]);
    learn(network);
    return [...network.parameters].map((value) => Number(value.toFixed(7)));
  };
  assert.deepEqual(
    afterStep((network) => new Adam(network).step(0.1)),
    [-0.1, 0.1],
  );
  assert.deepEqual(
    afterStep((network) => descend(network, 0.1)),
    [-0.3, 0.05],
  );
});

const FIXTURE = process.env.DECODERS; // [{file, z: [[z1, z2], ...], pixels: [[...], ...]}, ...], by test_node.py

test("bundled decoders give PyTorch's pictures", {
  skip: !FIXTURE && "pytest makes the pictures",
}, async () => {
  for (const { file, z, pixels } of JSON.parse(readFileSync(FIXTURE, "utf8"))) {
    await serving(readFileSync(file), async (url) => {
      const { decode } = buildDecoder(toLayers(await fetchTensors(url, "decoder.")), 2);
      const mine = decode(z.flat(), z.length);
      pixels.flat().forEach((expected, i) => assert.ok(Math.abs(mine[i] - expected) < 1e-5, `${file} ${i}`));
    });
  }
});
