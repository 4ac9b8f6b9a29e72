/* The diagram of the game: who plays, who stands still meanwhile, and which term of the value is at work. */

import { planeGame } from "../../browser/architectures.js";
import { fixed } from "../../browser/numbers.js";
import { Diagram } from "../../page/diagram.js";

/** @import { Words } from "../../page/dom.js" */
/** @import { Play, Player } from "./play.js" */

/** The first two numbers of each z.
 * @param {Float64Array} latents
 * @param {number} size */
const planePoints = (latents, size) =>
  Float64Array.from({ length: (2 * latents.length) / size }, (_, i) =>
    i % 2 < size ? latents[Math.floor(i / 2) * size + (i % 2)] : 0,
  );

export class Networks {
  /** @param {HTMLElement} figure
   * @param {Words} words
   * @param {Play} play */
  constructor(figure, words, play) {
    this.diagram = new Diagram(figure, words);
    this.play = play;
  }

  /** Who learns: in a running game, and where one is frozen, whoever is not; else who made the last move.
   * @returns {Player[]} */
  get players() {
    const { running, frozen, last } = this.play;
    if (running || frozen.D !== frozen.G)
      return /** @type {const} */ (["D", "G"]).filter((player) => !frozen[player]);
    return last ? [last] : [];
  }

  show() {
    const { diagram, play, players } = this;
    const { settings, view, real, latents, frozen } = play;
    diagram.draw(planeGame(settings));
    diagram.set({ z: planePoints(latents, settings.latentDim) });
    if (view) {
      diagram.set({
        ...{ x: real, output: view.fake, "D real": view.dReal, "D fake": view.dFake },
        ...{ real: fixed(view.logReal, 2), fake: fixed(view.logFake, 2), own: fixed(view.lossG, 2) },
      });
    }
    const own = settings.loss === "saturating" ? "fake" : "own";
    const terms = [
      ...(players.includes("D") ? ["real", "fake"] : []),
      ...(players.includes("G") ? [own] : []),
    ];
    diagram.light(
      players.map((player) => player.toLowerCase()),
      terms,
    );
    // a player learns while the other one stands still
    const still = !play.running && play.last ? [play.last === "D" ? "g" : "d"] : [];
    diagram.freeze([...(frozen.D ? ["d"] : []), ...(frozen.G ? ["g"] : []), ...still]);
  }
}
