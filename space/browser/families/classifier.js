/* The classifier after LeNet-5, as in space/models/classifier.py. */

import { Conv2d, Linear } from "../convolutions.js";
import { Module, ReLU, Sequential } from "../nn.js";
import { range } from "../numbers.js";
import { differences, Flatten, MaxPool2d, MeanPool2d } from "../shapes.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").ImageConfig & { num_classes: number, base_channels: number,
 *   num_convolutions: number, kernel_size: number, num_features: number, pooling: string,
 *   input: string }} ClassifierConfig */

export class Classifier extends Module {
  /** @param {ClassifierConfig} config */
  constructor({ in_channels, image_size, num_classes, num_features, pooling, ...config }) {
    super();
    const { base_channels, num_convolutions, kernel_size } = config;
    this.seesDifferences = config.input === "differences";
    const seen = this.seesDifferences ? 2 * in_channels : in_channels;
    const channels = [seen, ...range(num_convolutions).map((i) => base_channels * 2 ** i)];
    const convolutions = channels.slice(1).flatMap((wide, i) => {
      const padding = Math.floor(kernel_size / 2);
      return [new Conv2d(channels[i], wide, kernel_size, { padding }), new ReLU(), new MaxPool2d(2)];
    });
    const mean = pooling === "mean";
    const width =
      channels[num_convolutions] * (mean ? 1 : Math.floor(image_size / 2 ** num_convolutions) ** 2);
    this.trunk = new Sequential(
      ...convolutions,
      ...(mean ? [new MeanPool2d()] : []),
      new Flatten(),
      new Linear(width, num_features),
      new ReLU(),
    );
    this.head = new Linear(num_features, num_classes);
  }

  static needs = { features: ["trunk"], forward: ["trunk", "head"] };

  /** The last hidden layer (n, num_features).
   * @param {Tensor} x */
  features(x) {
    return this.trunk.forward(this.seesDifferences ? differences(x) : x);
  }

  /** Logits (n, num_classes).
   * @param {Tensor} x */
  forward(x) {
    return this.head.forward(this.features(x));
  }
}
