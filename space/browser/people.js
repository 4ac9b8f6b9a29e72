/* Heights of people, and numbers that a visitor types.
 *
 *   fileOf(name)                  the address of a file of people
 *   readPeople(csv)               its rows: sex, and a column of numbers for each name
 *   readSets()                    all of them, and the simulated ones, by name
 *   simulatePeople(groups, seed)  people drawn from published means, deviations and a correlation
 *   shuffled(length, seed)        the numbers 0 ... length - 1 in another order
 *   readNumbers(text)             numbers from a text, or why there are none
 *   otherUnit(values)             the unit that heights seem to be in, if not centimetres; CENTIMETRES of each
 */

import { Random, range } from "./numbers.js";

/** Sex as recorded in a survey, and measurements, each of the same length.
 * @typedef {{ sex: ("F" | "M")[], columns: Record<string, Float64Array> }} People */
/** Means, standard deviations and the correlation of two measurements of a group of `count` people.
 * @typedef {{ sex: "F" | "M", count: number, mean: [number, number], sd: [number, number], correlation: number }} Group */

/** Lines that begin with "#" say where a file comes from.
 * @param {string} csv
 * @returns {People} */
export function readPeople(csv) {
  const [names, ...rows] = csv
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split(","));
  const columns = names
    .slice(1)
    .map((name, i) => [name, Float64Array.from(rows, (row) => Number(row[i + 1]))]);
  return { sex: rows.map(([sex]) => /** @type {"F" | "M"} */ (sex)), columns: Object.fromEntries(columns) };
}

/** Korean adults of 20 to 29: height in cm and length of the foot in mm. Statistics of the 6th anthropometric survey of
 * 2010 (국가기술표준원, 제6차 한국인 인체치수조사); its measurements are not public domain.
 * @type {Group[]} */
export const KOREAN_TWENTIES = [
  { sex: "F", count: 600, mean: [160.27, 229.22], sd: [5.16, 9.79], correlation: 0.671 },
  { sex: "M", count: 842, mean: [173.57, 254.88], sd: [5.47, 10.98], correlation: 0.692 },
];

/** People drawn from two-dimensional normals: heights to a tenth of a centimetre, feet to a millimetre.
 * @param {Group[]} groups
 * @param {number} seed
 * @returns {People} */
export function simulatePeople(groups, seed) {
  const random = new Random(seed);
  const people = groups.flatMap(({ sex, count, mean, sd, correlation }) =>
    range(count).map(() => {
      const [a, b] = [random.normal(), random.normal()];
      const height = mean[0] + sd[0] * a;
      const foot = mean[1] + sd[1] * (correlation * a + Math.sqrt(1 - correlation ** 2) * b);
      return { sex, height: Math.round(10 * height) / 10, foot: Math.round(foot) };
    }),
  );
  return {
    sex: people.map(({ sex }) => sex),
    columns: {
      height_cm: Float64Array.from(people, ({ height }) => height),
      foot_mm: Float64Array.from(people, ({ foot }) => foot),
    },
  };
}

/** @param {string} name of a file beside this module
 * @returns {URL} */
export const fileOf = (name) => new URL(`people/${name}.csv`, import.meta.url);

/** Fetches all data sets, by the names that the lessons have for them.
 * @returns {Promise<Record<"ansur2" | "galton" | "korea", People>>} */
export async function readSets() {
  const [ansur2, galton] = await Promise.all(
    ["ansur2", "galton"].map(async (name) => {
      const answer = await fetch(fileOf(name));
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return readPeople(await answer.text());
    }),
  );
  return { ansur2, galton, korea: simulatePeople(KOREAN_TWENTIES, 2010) };
}

/** The numbers 0 to length - 1 in an order that the seed decides (Fisher and Yates).
 * @param {number} length
 * @param {number} seed */
export function shuffled(length, seed) {
  const random = new Random(seed);
  const order = range(length);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export const FEWEST = 4;
export const MOST = 5000;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const FEET = /^(\d{1,2})'(?:(\d{1,2}(?:\.\d+)?)(?:"|'')?)?$/;
const LONGEST = 100_000; // characters: no need to read a novel

/** Numbers between spaces, commas, semicolons or line breaks; feet and inches as 5'11" are taken as feet. A comma
 * between digits is a decimal comma where the text has no decimal point and something else parts the numbers.
 * @param {string} text
 * @returns {{ values: number[], problem?: "few" | "many" | "equal" | "text", at?: string }} */
export function readNumbers(text) {
  if (text.length > LONGEST) return { values: [], problem: "many" };
  const plain = text
    .normalize("NFKC")
    .replace(/[\u2018\u2019\u2032]/g, "'")
    .replace(/[\u201c\u201d\u2033]/g, '"')
    .replaceAll("\u2212", "-");
  const decimalComma = !plain.includes(".") && /\d,\d/.test(plain) && /\d[\s;]+\d/.test(plain.trim());
  const words = (decimalComma ? plain.replace(/(\d),(\d)/g, "$1.$2") : plain)
    .split(/[\s,;]+/)
    .filter((word) => word !== "");
  /** @type {number[]} */
  const values = [];
  for (const word of words) {
    const feet = word.match(FEET);
    const value = feet ? Number(feet[1]) + Number(feet[2] ?? 0) / 12 : Number(word);
    if (!(feet || NUMBER.test(word)) || Math.abs(value) > 1e6)
      return { values: [], problem: "text", at: word.slice(0, 20) };
    values.push(value);
  }
  if (values.length > MOST) return { values: [], problem: "many" };
  if (values.length < FEWEST) return { values: [], problem: "few" };
  if (values.every((value) => value === values[0])) return { values: [], problem: "equal" };
  return { values };
}

/** Centimetres in a unit. */
export const CENTIMETRES = { m: 100, ft: 30.48, in: 2.54, mm: 0.1 };
/** @typedef {keyof typeof CENTIMETRES} Unit */
/** What people's heights can be, in centimetres. */
const HEIGHTS = [120, 230];

/** The unit in which all values are heights of grown people, where centimetres are not; null if there is none.
 * @param {number[]} values
 * @returns {Unit | null} */
export function otherUnit(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  /** @param {number} size */
  const fits = (size) => low * size >= HEIGHTS[0] && high * size <= HEIGHTS[1];
  if (fits(1)) return null;
  const units = /** @type {Unit[]} */ (Object.keys(CENTIMETRES));
  return units.find((unit) => fits(CENTIMETRES[unit])) ?? null;
}
