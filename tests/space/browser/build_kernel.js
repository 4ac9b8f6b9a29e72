/* Builds space/browser/kernel.js from kernel.wat; with --check it only compares. Needs `npm ci`. */

import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const FOLDER = new URL("../../../space/browser/", import.meta.url);
const TARGET = new URL("kernel.js", FOLDER);

const { parseWat } = await wabt();
const { buffer } = parseWat("kernel.wat", readFileSync(new URL("kernel.wat", FOLDER), "utf8")).toBinary({});
const text = `/* The bytes of kernel.wat; \`npm run kernel\` writes this file. */

export const KERNEL =
  "${Buffer.from(buffer).toString("base64")}";
`;
if (!process.argv.includes("--check")) writeFileSync(TARGET, text);
else if (readFileSync(TARGET, "utf8") !== text)
  throw new Error("kernel.js does not hold the bytes of kernel.wat: run `npm run kernel`");
