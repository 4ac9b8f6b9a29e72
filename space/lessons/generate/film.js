/* The walk as a film: its frames lie row by row in one picture, a row from each stop to the next. */

import { clamp } from "../../browser/numbers.js";
import { finder, keepsStill, make, say } from "../../page/dom.js";

const FRAMES_PER_SECOND = 12;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

export class Film {
  /** @param {HTMLElement} element of the component
   * @param {import("../../page/dom.js").Text} text */
  constructor(element, text) {
    this.element = element;
    this.text = text;
    this.find = finder(element);
    this.picture = new Image();
    this.canvas = this.find(".walk canvas");
    this.slider = this.find(".position");
    this.columns = 1;
    this.frames = 0; // none: there is no walk
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
   * @param {{ picture: string, columns: number, rows: number } | undefined} walk */
  async show(walk) {
    this.find(".film").hidden = !walk;
    this.frames = walk ? walk.columns * walk.rows : 0;
    if (!walk) return;
    this.columns = walk.columns;
    this.slider.max = this.frames - 1;
    this.time %= this.frames;
    this.picture.src = this.find(".strip img").src = walk.picture;
    await this.picture.decode().catch(() => {}); // a newer film has taken its place
    this.draw();
    this.play(this.playing);
  }

  draw() {
    const { picture, canvas, columns, frames } = this;
    if (!frames || !picture.naturalWidth) return;
    const index = Math.floor(this.time) % frames;
    const side = picture.naturalWidth / columns;
    const column = index % columns;
    const row = Math.floor(index / columns);
    this.drawn = index;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    canvas.getContext("2d").drawImage(picture, column * side, row * side, side, side, 0, 0, side, side);
    this.slider.value = index;
    Object.assign(this.find(".strip i").style, {
      width: `${100 / columns}%`,
      height: `${(100 * columns) / frames}%`,
      left: `${(100 * column) / columns}%`,
      top: `${(100 * columns * row) / frames}%`,
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
    const { columns, frames } = this;
    const box = this.find(".strip").getBoundingClientRect();
    const part = (offset, size, count) => clamp(Math.floor((offset / size) * count), 0, count - 1);
    const row = part(event.clientY - box.top, box.height, frames / columns);
    this.seek(row * columns + part(event.clientX - box.left, box.width, columns));
  }
}
