/* Multi-layer perceptrons that a page trains. Networks that it was sent are models.js's.
 *
 *   new Mlp(widths).initialise(random)    .forward(inputs, n), .backward(slopes, n, learn); tanh between its layers
 *   new Adam(network, beta1).step(rate), descend(network, rate)
 *
 * Numbers are rows of flat Float64Arrays.
 */

import { range } from "./numbers.js";

/** @import { Random } from "./numbers.js" */

/** @param {number} x */
const tanh = (x) => 1 - 2 / (1 + Math.exp(2 * x)); // Math.tanh takes 1.6 times as long, and a third of a step

/** A multi-layer perceptron, tanh between its layers: smooth, so that D's landscape and G's grid are smooth to look
 * at. `layers` are views into `parameters`, as `weight` (outputs, inputs) and `bias`. */
export class Mlp {
  /** @param {number[]} widths  of the inputs, and after each layer */
  constructor(widths) {
    const count = range(widths.length - 1).reduce((sum, l) => sum + (widths[l] + 1) * widths[l + 1], 0);
    this.widths = widths;
    this.parameters = new Float64Array(count);
    this.gradients = new Float64Array(count);
    const cut = (/** @type {Float64Array} */ array) => {
      let start = 0;
      const take = (/** @type {number} */ length) => array.subarray(start, (start += length));
      return range(widths.length - 1).map((l) => ({
        weight: take(widths[l] * widths[l + 1]),
        bias: take(widths[l + 1]),
      }));
    };
    this.layers = cut(this.parameters);
    this.layerGradients = cut(this.gradients);
    this.rows = 0; // that there is room for
    /** @type {Float64Array[]} */
    this.values = []; // the inputs, and what comes out of each layer
    /** @type {Float64Array[]} */
    this.slopes = []; // of the loss, by each of `values`
  }

  /** Weights N(0, 2 / inputs); hidden biases N(0, 1), or all units would bend on lines through the origin.
   * @param {Random} random */
  initialise(random) {
    this.layers.forEach(({ weight, bias }, l) => {
      const scale = Math.sqrt(2 / this.widths[l]);
      const last = l === this.layers.length - 1;
      for (let i = 0; i < weight.length; i++) weight[i] = scale * random.normal();
      for (let i = 0; i < bias.length; i++) bias[i] = last ? 0 : random.normal();
    });
    return this;
  }

  /** Room for `rows` inputs.
   * @param {number} rows */
  reserve(rows) {
    if (rows <= this.rows) return;
    this.rows = rows;
    this.values = this.widths.map((width, l) => new Float64Array(l ? rows * width : 0));
    this.slopes = this.widths.map((width) => new Float64Array(rows * width));
  }

  /** Outputs (n, last width) of inputs (n, first width); the array is reused by the next call.
   * @param {Float64Array} inputs
   * @param {number} n */
  forward(inputs, n) {
    this.reserve(n);
    this.values[0] = inputs;
    this.layers.forEach(({ weight, bias }, l) => {
      const [width, outputs] = [this.widths[l], this.widths[l + 1]];
      const y = this.values[l + 1];
      multiply(y, n, outputs, width, this.values[l], width, 1, weight, width, 1, bias); // x W^T + b
      if (l < this.layers.length - 1) for (let i = 0; i < n * outputs; i++) y[i] = tanh(y[i]);
    });
    return this.values[this.layers.length];
  }

  /** From the loss's slope by each output of the latest `forward`, (n, last width): where `learn`, its gradient by the
   * parameters, in `gradients`; where `through`, its slope by each input, which is returned.
   * @param {Float64Array} outputSlopes
   * @param {number} n
   * @param {boolean} learn
   * @param {boolean} [through] */
  backward(outputSlopes, n, learn, through = !learn) {
    this.slopes[this.layers.length] = outputSlopes;
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const g = this.slopes[l + 1];
      const x = this.values[l];
      const inputs = this.widths[l];
      const outputs = this.widths[l + 1];
      if (l < this.layers.length - 1) {
        const y = this.values[l + 1];
        for (let i = 0; i < n * outputs; i++) g[i] *= 1 - y[i] * y[i];
      }
      if (learn) {
        const { weight, bias } = this.layerGradients[l];
        multiply(weight, outputs, inputs, n, g, 1, outputs, x, 1, inputs, null); // g^T x
        bias.fill(0);
        for (let i = 0; i < n; i++) for (let o = 0; o < outputs; o++) bias[o] += g[i * outputs + o];
      }
      if (l > 0 || through) {
        multiply(this.slopes[l], n, inputs, outputs, g, outputs, 1, this.layers[l].weight, 1, inputs, null); // g W
      }
    }
    return this.slopes[0];
  }
}

/** out[r, c] = start[c] + sum over k of a[r * aRow + k * aStep] * b[c * bColumn + k * bStep], `out` (rows, columns).
 *
 * With these strides it is all three products of a layer. Blocks of two rows by four columns keep eight sums in
 * registers, several times as fast as one sum at a time. Each sum is added up in the order of k, in a block or not.
 * @param {Float64Array} out
 * @param {number} rows
 * @param {number} columns
 * @param {number} length
 * @param {Float64Array} a
 * @param {number} aRow
 * @param {number} aStep
 * @param {Float64Array} b
 * @param {number} bColumn
 * @param {number} bStep
 * @param {Float64Array | null} start */
function multiply(out, rows, columns, length, a, aRow, aStep, b, bColumn, bStep, start) {
  const wholeRows = rows & ~1;
  const wholeColumns = columns & ~3;
  for (let r = 0; r < wholeRows; r += 2) {
    for (let c = 0; c < wholeColumns; c += 4) {
      let s0 = start ? start[c] : 0;
      let s1 = start ? start[c + 1] : 0;
      let s2 = start ? start[c + 2] : 0;
      let s3 = start ? start[c + 3] : 0;
      let t0 = s0;
      let t1 = s1;
      let t2 = s2;
      let t3 = s3;
      let i = r * aRow;
      let j = i + aRow;
      let j0 = c * bColumn;
      let j1 = j0 + bColumn;
      let j2 = j1 + bColumn;
      let j3 = j2 + bColumn;
      for (let k = 0; k < length; k++) {
        const u = a[i];
        const v = a[j];
        const w0 = b[j0];
        const w1 = b[j1];
        const w2 = b[j2];
        const w3 = b[j3];
        s0 += u * w0;
        s1 += u * w1;
        s2 += u * w2;
        s3 += u * w3;
        t0 += v * w0;
        t1 += v * w1;
        t2 += v * w2;
        t3 += v * w3;
        i += aStep;
        j += aStep;
        j0 += bStep;
        j1 += bStep;
        j2 += bStep;
        j3 += bStep;
      }
      const at = r * columns + c;
      const below = at + columns;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
      out[below] = t0;
      out[below + 1] = t1;
      out[below + 2] = t2;
      out[below + 3] = t3;
    }
  }
  if (wholeRows < rows) {
    for (let c = 0, r = wholeRows; c < wholeColumns; c += 4) {
      let s0 = start ? start[c] : 0;
      let s1 = start ? start[c + 1] : 0;
      let s2 = start ? start[c + 2] : 0;
      let s3 = start ? start[c + 3] : 0;
      for (let k = 0, i = r * aRow, j = c * bColumn; k < length; k++, i += aStep, j += bStep) {
        const u = a[i];
        s0 += u * b[j];
        s1 += u * b[j + bColumn];
        s2 += u * b[j + 2 * bColumn];
        s3 += u * b[j + 3 * bColumn];
      }
      const at = r * columns + c;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = wholeColumns; c < columns; c++) {
      let sum = start ? start[c] : 0;
      for (let k = 0, i = r * aRow, j = c * bColumn; k < length; k++, i += aStep, j += bStep)
        sum += a[i] * b[j];
      out[r * columns + c] = sum;
    }
  }
}

const ADAM = { beta2: 0.999, epsilon: 1e-8 };

/** Adam (Kingma & Ba 2015, algorithm 1) on the parameters of one network, or of whatever else has some. */
export class Adam {
  /** @param {{ parameters: Float64Array, gradients: Float64Array }} network
   * @param {number} [beta1]  as in the DCGAN paper; densities are learned with the usual 0.9 */
  constructor(network, beta1 = 0.5) {
    this.network = network;
    this.beta1 = beta1;
    this.mean = new Float64Array(network.parameters.length);
    this.square = new Float64Array(network.parameters.length);
    this.steps = 0;
  }

  /** @param {number} learningRate */
  step(learningRate) {
    const { beta2, epsilon } = ADAM;
    const { parameters, gradients } = this.network;
    const { mean, square, beta1 } = this;
    this.steps++;
    const rate = learningRate / (1 - beta1 ** this.steps);
    const correction = 1 / (1 - beta2 ** this.steps);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i];
      mean[i] = beta1 * mean[i] + (1 - beta1) * g;
      square[i] = beta2 * square[i] + (1 - beta2) * g * g;
      parameters[i] -= (rate * mean[i]) / (Math.sqrt(square[i] * correction) + epsilon);
    }
  }
}

/** Plain gradient descent.
 * @param {{ parameters: Float64Array, gradients: Float64Array }} network
 * @param {number} learningRate */
export function descend({ parameters, gradients }, learningRate) {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= learningRate * gradients[i];
}
