/* The classifier after LeNet-5, as in space/models/classifier.py. */

import { Conv2d, Linear } from "../convolutions.js";
import { Module, ReLU, Sequential } from "../nn.js";
import { Flatten, MaxPool2d, MeanPool2d } from "../shapes.js";

/** @import { Tensor } from "../nn.js" */
/** @typedef {import("./layers.js").ImageConfig & { num_classes: number, base_channels: number,
 *   num_features: number, pooling: string }} ClassifierConfig */

export class Classifier extends Module {
  /** @param {ClassifierConfig} config */
  constructor({ in_channels, image_size, num_classes, base_channels: channels, num_features, pooling }) {
    super();
    const mean = pooling === "mean";
    const width = 2 * channels * (mean ? 1 : Math.floor(image_size / 4) ** 2);
    this.trunk = new Sequential(
      new Conv2d(in_channels, channels, 5, { padding: 2 }),
      new ReLU(),
      new MaxPool2d(2),
      new Conv2d(channels, 2 * channels, 5, { padding: 2 }),
      new ReLU(),
      new MaxPool2d(2),
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
    return this.trunk.forward(x);
  }

  /** Logits (n, num_classes).
   * @param {Tensor} x */
  forward(x) {
    return this.head.forward(this.features(x));
  }
}
