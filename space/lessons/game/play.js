/* The game that a visitor plays: its settings, its moves, what is recorded of them, and what a link says of
 * it. It knows no page.
 *
 *   new Play()    .set(changes), .usePreset(name), .useRemedy(), .setRunning(on), .freeze(player, on)
 *                 .advance(now, slow), .moveOnce(what), .measureFor(ms)
 *                 .addStroke(points), .clearDrawing()
 *                 .linked(maxMoves), .follow(link)
 */

import { DEFAULTS, evenLatents, Game, PRESETS } from "../../browser/gan2d.js";
import { measure } from "../../browser/meter.js";
import { DISTRIBUTIONS } from "../../browser/mixtures.js";
import { Random } from "../../browser/numbers.js";

/** @import { Settings, View } from "../../browser/gan2d.js" */
/** @import { Reading } from "../../browser/meter.js" */
/** @import { Mixture, Point } from "../../browser/mixtures.js" */
/** @typedef {"D" | "G"} Player */
/** @typedef {Omit<View, "fake" | "push"> & { stepsD: number, stepsG: number, jsd: number | null }} Row
 * how the game stood after so many steps; the divergence is null where it was not measured */

export const PLAYERS = /** @type {const} */ (["D", "G"]);
export const SHOWN = 256; // points of each kind
export const MESH = 21; // lines of G's grid each way
const MOVE_MS = 6; // of a frame's 16 ms, for moves; a slow machine then makes fewer of them, not fewer frames
const CATCH_UP_MS = 12; // the same, until a game that a link repeats is where the link says
const SLOW_MS = 250; // between moves in slow motion
const MAX_HISTORY = 400; // rows; then every other one goes, and half as many come
const MAX_COMPONENTS = 600; // of a drawing
const NEW_GAME = ["distribution", "latentKind", "latentDim", "width", "start", "seed"]; // fixed for a game

/** The settings of a situation, without the seed.
 * @param {string} preset */
const settingsOf = (preset) => ({ ...DEFAULTS, ...PRESETS[preset].set });

export class Play {
  constructor() {
    /** @type {Settings} */
    this.settings = { ...DEFAULTS, seed: 1 };
    this.preset = "balanced";
    this.remedied = false; // whether the situation's remedy was applied
    this.frozen = { D: false, G: false }; // a frozen player passes
    this.running = false;
    this.lastMove = 0; // in slow motion, in ms
    /** @type {Point[][]} */
    this.strokes = []; // of the drawing
    this.newGame();
  }

  newGame() {
    const { distribution, latentDim, latentKind, seed } = this.settings;
    /** @type {Mixture} */
    this.distribution = DISTRIBUTIONS[distribution](this.strokes);
    this.game = new Game(this.distribution, this.settings);
    // fixed for a game, so that a point keeps its identity from frame to frame
    const random = new Random(seed ^ 0x5eed); // one of its own: observing does not change the game
    this.latents = this.game.drawLatents(new Float64Array(SHOWN * latentDim), random);
    this.meshLatents = evenLatents(MESH, latentDim, latentKind);
    this.counts = { D: 0, G: 0 };
    /** @type {Player | null} */
    this.last = null; // who made the last move
    this.turn = 0; // steps of D made since G's last
    this.plain = true; // whether the game so far is what a new one with these settings plays by itself
    /** @type {number | null} */
    this.stopAt = null; // moves after which a game pauses that a link repeats
    /** @type {Row[]} */
    this.history = [];
    this.stride = 1; // frames from one row of the history to the next
    this.ticks = 0; // frames so far
    this.pickReal();
    this.note();
  }

  get isEmpty() {
    return this.distribution.components.length === 0;
  }

  get isStuck() {
    return this.isEmpty || (this.frozen.D && this.frozen.G);
  }

  /** Whether the latest reading is of the game as it stands. */
  get isMeasured() {
    return this.isEmpty || (!this.measuring && this.measuredAt === this.numMoves);
  }

  get numMoves() {
    return this.counts.D + this.counts.G;
  }

  /** Real points to show; the reading so far was of another distribution. */
  pickReal() {
    this.real = new Float64Array(2 * SHOWN);
    if (!this.isEmpty) this.distribution.sample(this.real, SHOWN, new Random(this.settings.seed ^ 0xda7a));
    /** @type {Reading | null} */
    this.reading = null; // the latest
    /** @type {Generator<undefined, Reading> | null} */
    this.measuring = null; // the reading under way
    /** @type {number | null} */
    this.measuredAt = null; // the moves that it began after
    /** @type {Row | undefined} */
    this.measuredRow = undefined; // the row of the history that it belongs to
  }

  /** @param {Player} player */
  step(player) {
    const { stepsD } = this.settings;
    this.plain &&= player === (this.numMoves % (stepsD + 1) < stepsD ? "D" : "G");
    if (player === "D") this.game.stepD();
    else this.game.stepG();
    this.last = player;
    this.counts[player]++;
  }

  /** The next move of a running game: `stepsD` steps of D for each of G. */
  move() {
    const player = this.turn < this.settings.stepsD ? "D" : "G";
    this.turn = player === "D" ? this.turn + 1 : 0;
    if (this.frozen[player])
      this.move(); // not both are frozen: a stuck game does not run
    else this.step(player);
  }

  /** A move by its button: a step of one player, or a whole round.
   * @param {Player | "both"} what */
  moveOnce(what) {
    this.setRunning(false);
    if (what === "both") {
      if (!this.frozen.D) for (let i = 0; i < this.settings.stepsD; i++) this.step("D");
      if (!this.frozen.G) this.step("G");
      this.turn = 0;
    } else this.step(what);
    this.note();
  }

  /** The moves of a frame of a running game; pauses it where a link says so.
   * @param {number} now in ms
   * @param {boolean} slow whether a move is made every `SLOW_MS` only */
  advance(now, slow) {
    const before = this.numMoves;
    if (this.stopAt !== null || !slow) {
      const until = performance.now() + (this.stopAt === null ? MOVE_MS : CATCH_UP_MS);
      do this.move();
      while (this.numMoves !== this.stopAt && performance.now() < until);
      if (this.numMoves === this.stopAt) this.setRunning(false);
    } else if (now - this.lastMove >= SLOW_MS) {
      this.lastMove = now;
      this.move();
    }
    if (this.numMoves > before) this.note();
  }

  /** @param {boolean} on */
  setRunning(on) {
    this.running = on && !this.isStuck;
    if (!this.running) this.stopAt = null;
  }

  /** @param {Player} player @param {boolean} on */
  freeze(player, on) {
    this.frozen[player] = on;
    this.setRunning(this.running);
  }

  observe() {
    /** @type {View | null} */
    this.view = this.isEmpty ? null : this.game.observe(this.real, this.latents, SHOWN);
  }

  /** Observe the game and record how it stands: the networks or the distribution have changed. */
  note() {
    this.observe();
    if (!this.view || this.ticks++ % this.stride) return;
    const { fake, push, ...row } = this.view;
    this.history.push({ ...row, stepsD: this.counts.D, stepsG: this.counts.G, jsd: null });
    if (this.history.length < MAX_HISTORY) return;
    // readings are rare: one moves to the row that stays
    for (let i = 0; i + 1 < this.history.length; i += 2) this.history[i].jsd ??= this.history[i + 1].jsd;
    this.history = this.history.filter((_, i) => i % 2 === 0);
    this.stride *= 2;
  }

  /** Goes on with the reading under way for `ms`, and begins a new one after a move. True when one is
   * complete.
   * @param {number} ms */
  measureFor(ms) {
    if (!this.measuring && this.measuredAt !== this.numMoves && !this.isEmpty) {
      this.measuring = measure(this.game, this.distribution);
      this.measuredAt = this.numMoves;
      this.measuredRow = this.history.at(-1);
    }
    for (const until = performance.now() + ms; this.measuring && performance.now() < until; ) {
      const { done, value } = this.measuring.next();
      if (!done) continue;
      this.measuring = null;
      this.reading = value;
      this.measuredRow.jsd = value.jsd;
      return true;
    }
    return false;
  }

  /** Change settings; those that are fixed for a game begin a new one.
   * @param {Partial<Settings>} changes */
  set(changes) {
    Object.assign(this.settings, changes);
    if (NEW_GAME.some((name) => name in changes)) {
      this.newGame();
      if (this.isEmpty) this.running = false;
    } else {
      if (this.numMoves > 0) this.plain = false;
      this.observe(); // another loss has other arrows
    }
  }

  /** Begin a situation with the present seed, and run it.
   * @param {string} preset */
  usePreset(preset) {
    this.turnTo(preset);
    this.set({ ...settingsOf(preset), seed: this.settings.seed });
    this.setRunning(true);
  }

  /** @param {string} preset */
  turnTo(preset) {
    this.preset = preset;
    this.remedied = this.frozen.D = this.frozen.G = false;
  }

  useRemedy() {
    this.remedied = true;
    this.set(PRESETS[this.preset].remedy);
    this.setRunning(true);
  }

  /** The game goes on with one more stroke in its real distribution; one too long is left out.
   * @param {Point[]} points */
  addStroke(points) {
    const drawn = DISTRIBUTIONS.drawn([...this.strokes, points]);
    if (drawn.components.length > MAX_COMPONENTS) return;
    this.strokes.push(points);
    this.game.distribution = this.distribution = drawn;
    this.plain = false;
    this.pickReal();
    this.note();
  }

  clearDrawing() {
    this.strokes = [];
    this.setRunning(false);
    this.newGame();
  }

  /** The values that a link holds; null for those that are the situation's. `moves` is how many moves repeat
   * the game; null if a new game would not play it by itself, or if there are more than `maxMoves`.
   * @param {number} maxMoves
   * @returns {Record<string, any>} */
  linked(maxMoves) {
    const base = settingsOf(this.preset);
    const differing = Object.entries(this.settings).map(([name, value]) => [
      name,
      value === base[name] ? null : value,
    ]);
    const repeats = !this.running && this.plain && this.numMoves <= maxMoves;
    const moves = this.stopAt ?? (repeats ? this.numMoves : null);
    return { preset: this.preset, ...Object.fromEntries(differing), moves };
  }

  /** Begin the game that a link says, and run it as far.
   * @param {Record<string, any>} link */
  follow(link) {
    this.turnTo(link.preset);
    const base = settingsOf(link.preset);
    const values = Object.keys(this.settings).map((name) => [name, link[name] ?? base[name]]);
    this.set(Object.fromEntries(values));
    this.setRunning(false);
    if (!link.moves || this.isEmpty) return;
    this.stopAt = link.moves;
    this.setRunning(true);
  }
}
