/* The game that a visitor plays: whose move it is, what is recorded, what a link says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { measureNow } from "../../../../space/browser/meter.js";
import { Play } from "../../../../space/lessons/game/play.js";

/** Run until a link's moves are made. */
function catchUp(play) {
  while (play.running) play.advance(0, false);
}

test("a running game makes three steps of D for each of G, and a frozen player passes", () => {
  const play = new Play();
  for (let i = 0; i < 8; i++) play.move();
  assert.deepEqual(play.counts, { D: 6, G: 2 });
  play.freeze("D", true);
  play.move();
  assert.deepEqual(play.counts, { D: 6, G: 3 });
  play.freeze("G", true);
  play.setRunning(true);
  assert.equal(play.running, false);
});

test("a link repeats the game move by move", () => {
  const play = new Play();
  play.follow({ preset: "collapse", seed: 4, moves: 60 });
  assert.deepEqual([play.running, play.linked(100).moves], [true, 60]);
  catchUp(play);
  assert.equal(play.numMoves, 60);
  const said = play.linked(100);
  assert.deepEqual([said.preset, said.moves, said.seed, said.stepsD], ["collapse", 60, 4, null]);

  const other = new Play();
  other.usePreset("collapse");
  other.set({ seed: 4 });
  for (let i = 0; i < 30; i++) other.moveOnce("both");
  assert.deepEqual(other.game.generator.parameters, play.game.generator.parameters);
  assert.equal(other.linked(100).moves, 60);
  assert.equal(other.linked(59).moves, null); // too many to repeat
});

test("a game that a new one would not play by itself is in no link", () => {
  const play = new Play();
  play.moveOnce("G"); // out of turn
  assert.equal(play.linked(100).moves, null);
  play.newGame();
  play.moveOnce("both");
  assert.equal(play.linked(100).moves, 4);
  play.set({ loss: "saturating" });
  assert.deepEqual([play.linked(100).moves, play.linked(100).loss], [null, "saturating"]);
});

test("settings of a move go on with the game, others begin a new one", () => {
  const play = new Play();
  play.moveOnce("both");
  play.set({ stepsD: 5 });
  assert.equal(play.numMoves, 4);
  play.set({ width: 16 });
  assert.deepEqual([play.numMoves, play.game.generator.widths], [0, [2, 16, 16, 2]]);
});

test("a reading is complete after some pieces, and belongs to the moves that it began after", () => {
  const play = new Play();
  play.moveOnce("both");
  while (!play.measureFor(1)) assert.equal(play.reading, null);
  assert.ok(play.reading.jsd > 0 && play.reading.covered.length === 8);
  assert.equal(play.history.at(-1).jsd, play.reading.jsd);
  assert.equal(play.measureFor(1), false); // nothing has changed since
});

test("a move during a reading makes another one due", () => {
  const play = new Play();
  play.moveOnce("both");
  play.measureFor(0.1);
  play.moveOnce("D");
  while (!play.isMeasured) play.measureFor(1);
  assert.deepEqual(play.reading, measureNow(play.game, play.distribution));
});

test("a long game keeps at most 400 rows, from its first to its latest", () => {
  const play = new Play();
  for (let i = 0; i < 450; i++) play.note();
  assert.ok(play.history.length >= 200 && play.history.length < 400);
  assert.equal(play.stride, 2);
});

test("strokes are modes; a drawing too long for the meter is left out", () => {
  const play = new Play();
  play.set({ distribution: "drawn" });
  assert.ok(play.isEmpty && play.isStuck && play.view === null);
  play.addStroke([
    [-1, 0],
    [1, 0],
  ]);
  play.addStroke([[0, 2]]);
  assert.equal(play.distribution.numModes, 2);
  assert.equal(play.linked(100).moves, null);
  const { length } = play.distribution.components;
  play.addStroke(Array.from({ length: 100 }, (_, i) => [i % 2 ? 3 : -3, 0]));
  assert.equal(play.distribution.components.length, length);
  play.clearDrawing();
  assert.ok(play.isEmpty);
});
