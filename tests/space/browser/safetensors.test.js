/* Weights files, and what is said of those that are none. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { toFloat32, WeightsFile } from "../../../space/browser/safetensors.js";
import { serving } from "./server.js";

/** A safetensors file of tensors, {name: [shape, numbers, dtype]}, float32 unless they have a dtype; then `numbers` is
 * a typed array.
 * @param {Record<string, any>} tensors
 * @param {{ padding?: number, change?: (header: any) => void }} [options] `padding`: spaces behind the header */
function pack(tensors, { padding = 0, change = () => {} } = {}) {
  const header = { __metadata__: { format: "pt" } };
  const pieces = [];
  let length = 0;
  for (const [name, [shape, values, dtype = "F32"]] of Object.entries(tensors)) {
    const bytes = Buffer.from((dtype === "F32" ? Float32Array.from(values) : values).buffer);
    header[name] = { dtype, shape, data_offsets: [length, length + bytes.length] };
    pieces.push(bytes);
    length += bytes.length;
  }
  change(header);
  const text = Buffer.from(JSON.stringify(header) + " ".repeat(padding));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([start, text, ...pieces]));
}

// biome-ignore format: short
const FILE = {
  "encoder.0.weight": [[2, 2], [9, 9, 9, 9]],
  "decoder.bias": [[3], [0.5, -2, 1e-30]],
  "decoder.weight": [[1, 2], [3, 4]],
};

/** What `fetch` gives of the tensors wanted, or the message of its error. */
async function reading(file, wanted, ranges = true) {
  let found;
  let asked;
  await serving(
    file,
    async (url, requests) => {
      asked = requests;
      try {
        found = await (await WeightsFile.open(url)).fetch(wanted);
      } catch (error) {
        found = error.message;
      }
    },
    { ranges },
  );
  return { found, asked };
}

const DECODER = [
  ["decoder.weight", [1, 2]],
  ["decoder.bias", [3]],
];

test("the tensors that are wanted come, by one request where the file is small", async () => {
  const { found, asked } = await reading(pack(FILE), DECODER);
  assert.deepEqual([...found.keys()].sort(), ["decoder.bias", "decoder.weight"]);
  assert.deepEqual([...found.get("decoder.weight")], [3, 4]);
  assert.deepEqual([...found.get("decoder.bias")], [0.5, -2, Math.fround(1e-30)]);
  assert.deepEqual(asked, ["bytes=0-65535"]);
});

test("a long header takes more requests, a server without ranges sends all at once", async () => {
  const file = pack(FILE, { padding: 70_000 });
  const { found, asked } = await reading(file, DECODER);
  assert.deepEqual([...found.get("decoder.weight")], [3, 4]);
  assert.equal(asked.length, 3);
  const whole = await reading(file, DECODER, false);
  assert.deepEqual(whole.found, found);
  assert.equal(whole.asked.length, 1);
});

test("what lies between wanted tensors stays on the server, unless it is little", async () => {
  const numbers = (count, value) => [[count], Float32Array.from({ length: count }, () => value)];
  const file = pack({
    a: numbers(30_000, 1),
    b: numbers(300_000, 2),
    c: numbers(10, 3),
    d: numbers(5, 4),
    e: numbers(9, 5),
  });
  const { found, asked } = await reading(file, [
    ["e", [9]],
    ["a", [30_000]],
    ["c", [10]],
  ]);
  assert.deepEqual([found.get("a")[29_999], found.get("c")[9], found.get("e")[8]], [1, 3, 5]);
  assert.equal(asked.length, 3); // the header, a, and c to e
  const bytes = asked
    .slice(1)
    .map((range) => range.match(/\d+/g).map(Number))
    .map(([from, to]) => to + 1 - from);
  assert.deepEqual(bytes, [120_000, 4 * (10 + 5 + 9)]);
});

test("half precision of both kinds, in files and by hand", async () => {
  const bytes = (halves) => new Uint8Array(Uint16Array.from(halves).buffer);
  const half = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000];
  assert.deepEqual([...toFloat32(bytes(half), "F16")], [1, -2, 2 ** -24, 65504, Infinity, -0]);
  assert.ok(Number.isNaN(toFloat32(bytes([0x7e00]), "F16")[0]));
  const { found } = await reading(
    pack({
      odd: [[1], Uint16Array.of(0x3c00), "F16"], // so that the others are not aligned
      h: [[2], Uint16Array.of(0x3c00, 0xc000), "F16"],
      b: [[1, 2], Uint16Array.of(0x3f80, 0xc040), "BF16"],
    }),
    [
      ["h", [2]],
      ["b", [1, 2]],
    ],
  );
  assert.deepEqual([...found.get("h"), ...found.get("b")], [1, -2, 1, -3]);
});

// biome-ignore format: a table
/** What is wrong with a file -> the file, what is wanted of it, and the sentence.
 * @type {Record<string, any[]>} */
const FAULTS = {
  "no such file": [new Uint8Array(100).fill(255), DECODER, /no safetensors file/],
  "a page": [Buffer.from("<!doctype html><title>Space is starting</title>"), DECODER, /no safetensors file/],
  "empty": [new Uint8Array(), DECODER, /ends too early/],
  "cut in its header": [pack(FILE).subarray(0, 60), DECODER, /ends too early/],
  "cut in its numbers": [pack(FILE).subarray(0, -1), DECODER, /ends too early/],
  "cut far behind its header": [pack({ a: [[50_000], Array(50_000).fill(0)] }).subarray(0, 150_000), [["a", [50_000]]], /ends too early/],
  "a header of text": [pack(FILE).map((byte, i) => (i === 8 ? 0x21 : byte)), DECODER, /no safetensors file/],
  "a tensor is missing": [pack(FILE), [["decoder.scale", [3]]], /^the weights lack decoder\.scale$/],
  "a name that every object has": [pack(FILE), [["constructor", []]], /^the weights lack constructor$/],
  "another shape": [pack(FILE), [["decoder.weight", [2, 1]]], /^decoder\.weight has the shape \(1,2\); needed: \(2,1\)$/],
  "another dtype": [pack({ a: [[2], new Float64Array(2), "F64"] }), [["a", [2]]], /^a is F64; allowed: F32, F16, BF16$/],
  "fewer bytes than its shape": [pack(FILE, { change: (header) => header["decoder.bias"].data_offsets[1]-- }), DECODER, /^decoder\.bias does not have as many bytes/],
  "offsets that are none": [pack(FILE, { change: (header) => delete header["decoder.bias"].data_offsets }), DECODER, /^decoder\.bias does not have as many bytes/],
  "an entry that is none": [pack(FILE, { change: (header) => { header["decoder.bias"] = 3; } }), DECODER, /decoder\.bias has the shape/],
  "not a number": [pack({ a: [[2], [0, NaN]] }), [["a", [2]]], /^a holds numbers that are not finite$/],
  "infinite in half precision": [pack({ a: [[1], Uint16Array.of(0x7c00), "F16"] }), [["a", [1]]], /not finite/],
};

test("each fault is said in a sentence", async () => {
  for (const [fault, [file, wanted, sentence]] of Object.entries(FAULTS)) {
    const { found } = await reading(file, wanted);
    assert.match(`${found}`, sentence, fault);
  }
  await serving(pack(FILE), async (url) => {
    await assert.rejects(WeightsFile.open(`${url}s`), /^Error: the weights could not be fetched: HTTP 404$/);
  });
  await assert.rejects(WeightsFile.open("http://127.0.0.1:1/"), /^Error: the weights could not be fetched/);
});

test("another version under the same address is noticed", async () => {
  const file = pack({ a: [[50_000], Array(50_000).fill(0)] });
  await serving(file, async (url, asked) => {
    const opened = await WeightsFile.open(url);
    opened.version = '"of before"';
    await assert.rejects(opened.fetch([["a", [50_000]]]), /changed while they were fetched/);
    assert.equal(asked.length, 2);
  });
});
