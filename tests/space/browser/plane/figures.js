/* The figures of docs/browser.md: how near each family of densities comes to the truth.
 *
 *   node tests/space/browser/plane/figures.js [data [seeds [family=steps,steps ...] [integral]]]
 *
 * Data is a name of DATA, seeds are like 0,1,2. Where no family is named, all learn as long as their `enough`.
 * With `integral`, each density is added up on a grid of 256^2; those of an ODE take a minute.
 */

import { Random } from "../../../../space/browser/numbers.js";
import { DATA, HELD_OUT, integral, Plane, score } from "../../../../space/browser/plane/data.js";
import { atOnce, FAMILIES, Learner, modesOf } from "../../../../space/browser/plane/families.js";

const BANDWIDTH = 0.1; // of the bumps on the GAN's samples
const [data = "moons", seeds = "0,1,2", ...others] = process.argv.slice(2);
const chosen = others.filter((one) => one !== "integral");
const integrated = others.length > chosen.length;
const all = Object.entries(FAMILIES).map(([name, { enough }]) => `${name}=${enough}`);
const seconds = () => process.cpuUsage().user / 1e6;

for (const [name, stops] of (chosen.length ? chosen : all).map((one) => one.split("=")))
  for (const seed of seeds.split(",").map(Number)) {
    const plane = new Plane(DATA[data](), seed);
    const learner = new Learner(name, plane, { seed });
    let spent = 0;
    for (const stop of stops.split(",").map(Number)) {
      const before = seconds();
      while (learner.steps < stop && !learner.broken) learner.step();
      spent += seconds() - before;
      const pieces = learner.logDensities(plane.held, HELD_OUT);
      const logs = pieces
        ? atOnce(pieces)
        : learner.family.estimate(BANDWIDTH, seed).logDensity(plane.held, HELD_OUT);
      const { kl, klError } = score(logs, plane);
      const { covered, quality } = modesOf(learner.family, plane, new Random(5));
      const modes = `${covered.filter(Boolean).length} of ${covered.length} modes`;
      const whole = integrated && learner.family.logDensity;
      const mass = whole
        ? `, integral ${integral((points, n) => atOnce(learner.logDensities(points, n)), 256).toFixed(4)}`
        : "";
      const cost = `${learner.steps} steps, ${spent.toFixed(1)} s`;
      console.log(
        `${name} ${data} ${seed}: ${cost}, ${kl.toFixed(3)} ± ${klError.toFixed(3)} nats, ${modes}, ${(100 * quality).toFixed(0)} %${mass}`,
      );
    }
  }
