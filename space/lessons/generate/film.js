/* The walk as a film: its frames lie row by row in one picture, a row from each stop to the next. */

import { clamp } from "../../browser/numbers.js";
import { finder, keepsStill, make, say } from "../../page/dom.js";

/** @import { Tiles } from "./tiles.js" */

const FRAMES_PER_SECOND = 12;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

export class Film {
  /** @param {HTMLElement} element of the component
   * @param {import("../../page/dom.js").Text} text */
  constructor(element, text) {
    this.element = element;
    this.text = text;
    this.find = finder(element);
    /** @type {Tiles | null} */
    this.tiles = null; // none: there is no walk
    this.canvas = this.find(".walk canvas");
    this.slider = this.find(".position");
    this.frames = 0;
    this.time = 0; // in frames
    this.drawn = -1; // the frame on the canvas
    this.playing = !keepsStill();
    this.visible = false;
    this.running = false; // whether a `tick` is due
    this.clock = null; // time of the latest `tick`, in milliseconds
    this.bind();
  }

  bind() {
    const { find, slider } = this;
    for (const speed of SPEEDS) {
      const option = make("option", "", `${speed}×`);
      Object.assign(option, { value: speed, defaultSelected: speed === 1, selected: speed === 1 });
      find(".speed").append(option);
    }
    find(".play").onclick = () => this.play(!this.playing);
    find(".strip").onclick = (event) => event.target.closest(".download") || this.seekOnStrip(event);
    slider.oninput = () => this.seek(slider.valueAsNumber);
    new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      this.run();
    }).observe(this.canvas);
    this.play(this.playing);
  }

  /** Show a walk, or none.
   * @param {Tiles | null} tiles */
  show(tiles) {
    this.find(".film").hidden = !tiles;
    this.tiles = tiles;
    this.frames = tiles?.number ?? 0;
    if (!tiles) return;
    const strip = this.find(".strip canvas");
    Object.assign(strip, { width: tiles.canvas.width, height: tiles.canvas.height });
    strip.getContext("2d").drawImage(tiles.canvas, 0, 0);
    this.slider.max = this.frames - 1;
    this.time %= this.frames;
    this.draw();
    this.play(this.playing);
  }

  draw() {
    const { tiles, canvas, frames } = this;
    if (!tiles) return;
    const { columns, rows } = tiles;
    const index = Math.floor(this.time) % frames;
    this.drawn = index;
    tiles.show(canvas, index);
    this.slider.value = index;
    Object.assign(this.find(".strip i").style, {
      width: `${100 / columns}%`,
      height: `${100 / rows}%`,
      left: `${(100 * (index % columns)) / columns}%`,
      top: `${(100 * Math.floor(index / columns)) / rows}%`,
    });
  }

  /** One picture of the browser. It asks for the next while there is something moving to see.
   * @param {number} now milliseconds */
  tick(now) {
    this.running = this.playing && this.visible && this.frames > 0 && this.element.isConnected;
    if (!this.running) return;
    const seconds = (now - (this.clock ?? now)) / 1000;
    this.time = (this.time + seconds * FRAMES_PER_SECOND * this.find(".speed").value) % this.frames;
    this.clock = now;
    if (Math.floor(this.time) !== this.drawn) this.draw(); // the screen has more frames than the film
    requestAnimationFrame((now) => this.tick(now));
  }

  run() {
    if (this.running) return;
    this.running = true;
    this.clock = null;
    requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {boolean} on */
  play(on) {
    this.playing = on;
    say(this.find(".play"), on ? "pause" : "play", this.text);
    this.run();
  }

  /** @param {number} index of the frame to stand still at */
  seek(index) {
    this.play(false);
    this.time = index;
    this.draw();
  }

  /** @param {MouseEvent} event */
  seekOnStrip(event) {
    const { columns, rows } = this.tiles;
    const box = this.find(".strip").getBoundingClientRect();
    const part = (offset, size, count) => clamp(Math.floor((offset / size) * count), 0, count - 1);
    const row = part(event.clientY - box.top, box.height, rows);
    this.seek(row * columns + part(event.clientX - box.left, box.width, columns));
  }
}
