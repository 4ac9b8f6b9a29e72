/* What a visitor unfolds below the trajectory: guidance, the number of steps, the way between two noises. */

import { slerp } from "../../browser/latents.js";
import { range } from "../../browser/numbers.js";
import { addRow } from "../../page/digit_canvas.js";
import { Live } from "../../page/live.js";
import { drawn } from "./denoising.js";
import { lesson } from "./lesson.js";

/** @import { Text } from "../../page/dom.js" */
/** @import { Open } from "../../page/live.js" */
/** @import { Denoiser } from "./denoising.js" */

const GUIDANCES = [0, 1, 2, 3, 5];
const OF_EACH = 6; // samples
const STEPS = [4, 8, 16, 32, 64];
const BETWEEN = 9;

export class Sheets {
  /** @param {HTMLElement} element
   * @param {Text} text */
  constructor(element, text) {
    this.text = text;
    this.parts = [...element.querySelectorAll("details.sheet")].map((one) => {
      const details = /** @type {HTMLDetailsElement} */ (one);
      details.ontoggle = () => {
        const { sheet } = details.dataset;
        if (details.open) lesson.set({ sheet });
        else if (lesson.settings.sheet === sheet) lesson.set({ sheet: null });
        this.show();
      };
      return { details, live: new Live(details, "diffusion"), key: "" };
    });
  }

  /** Unfolds what is set, and makes what is unfolded, unless it is there. */
  show() {
    const { sheet } = lesson.settings;
    for (const { details } of this.parts) if (details.dataset.sheet === sheet) details.open = true;
    if (!lesson.config) return;
    for (const part of this.parts) {
      const { details, live } = part;
      const key = this.key(details);
      if (!details.open || part.key === key) continue;
      part.key = key;
      details.dataset.made = "";
      const isStale = () => part.key !== key;
      live.update(
        (open) => this.make(details, open, isStale),
        () => {
          if (!isStale()) details.dataset.made = key;
        },
      );
    }
  }

  /** All that a sheet depends on.
   * @param {HTMLElement} details */
  key({ dataset: { sheet } }) {
    const { digit, seed, network } = lesson.settings;
    const { guided } = lesson;
    const parts = {
      guidance: [lesson.steps],
      steps: [lesson.guidance],
      between: [lesson.steps, lesson.guidance],
    };
    return [sheet, digit, seed, network, guided, ...parts[sheet], document.documentElement.lang].join();
  }

  /** @param {HTMLElement} details
   * @param {Open} open
   * @param {() => boolean} isStale  whether a newer one is asked for */
  async make(details, open, isStale) {
    const rows = details.querySelector(".rows");
    const found = [];
    for await (const row of this[details.dataset.sheet](await lesson.denoiser(open), open)) {
      if (isStale()) return;
      found.push(row);
      rows.replaceChildren();
      for (const [label, pictures, captions] of found) addRow(rows, label, pictures, captions);
    }
  }

  /** Rows of the same noises at more and more guidance.
   * @param {Denoiser} denoiser */
  async *guidance(denoiser) {
    const { settings, digit } = lesson;
    const seeds = range(OF_EACH).map((i) => settings.seed + i);
    for (const guidance of GUIDANCES) {
      const made = await denoiser.run(seeds.map((seed) => lesson.asked({ digit, seed, guidance })));
      yield [`${this.text("guidance")} ${guidance}`, made.map(({ image }) => image)];
    }
  }

  /** The same noise in more and more steps, a row for each network that is compared.
   * @param {Denoiser} _
   * @param {Open} open */
  async *steps(_, open) {
    const { networks } = lesson;
    for (const network of networks) {
      const denoiser = await lesson.denoiser(open, network);
      const made = [];
      for (const steps of STEPS) made.push(...(await denoiser.run([lesson.asked({ steps })])));
      const label = networks.length > 1 ? this.text(`network.${network}`) : "";
      yield [label, made.map(({ image }) => image), STEPS.map(String)];
    }
  }

  /** From the noise of this seed to that of the next, on the sphere where noise lies.
   * @param {Denoiser} denoiser */
  async *between(denoiser) {
    const { settings, digit } = lesson;
    const ends = [settings.seed, settings.seed + 1].map((seed) => drawn(seed, lesson.config).noise);
    const noises = range(BETWEEN).map((i) => slerp(ends[0], ends[1], i / (BETWEEN - 1)));
    const made = await denoiser.run(noises.map((noise) => lesson.asked({ digit, noise })));
    const captions = [settings.seed, ...Array(BETWEEN - 2).fill(""), settings.seed + 1];
    yield ["", made.map(({ image }) => image), captions.map(String)];
  }
}
