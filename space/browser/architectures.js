/* What a diagram of a model shows, from its config; page/diagram.js draws it. Knows no page.
 *
 *   diagramOf("Autoencoder", config, { noisy: true })     -> { columns, arc, terms }
 *   encoderLayers(config), decoderLayers(config)          what lies between the picture and z
 *   ganLayers(config)                                     { generator, discriminator }
 *   unetLayers(config)                                    { layers, links }
 *   pixelLayers(config)                                   { window: what the masked convolution sees, blocks }
 *
 * Columns stand from left to right, an arrow between them unless one is `joined` to the one before it. The picture is
 * the first layer of an encoder and the last of a decoder, and z the other end: neither is among the layers.
 */

import { range } from "./numbers.js";

/** @import { NetworkConfig } from "./families/layers.js" */
/** Units of a fully connected layer, or channels of `size` by `size` pixels.
 * @typedef {{ units: number } | { channels: number, size: number }} Layer */
/** `key` names it for those who fill it in and light it, `name` stands above, `word` is a text below.
 * Of a net, `links` lead around layers, of which they name the first and the last; a picture is square, or `wide` by
 * `high` pixels; a value is a text, and a coin a probability that a uniform number is below or not.
 * @typedef {{ kind: "picture" | "net" | "vector" | "value" | "coin" | "points" | "scores", key: string, name: string,
 *   word?: string, layers?: Layer[], links?: number[][], length?: number, wide?: number, high?: number, joined?: boolean,
 *   keys?: string[], names?: string[] }} Column */
/** A term of the loss: its formula as HTML, and the columns that it is about.
 * @typedef {{ key: string, formula: string, sign?: string, lights: string[] }} Term */
/** `arc`: two columns that are compared, and how that is written; `title`: what the terms are called.
 * @typedef {{ columns: Column[], arc?: { from: string, to: string, name: string }, terms: Term[],
 *   title?: "loss" | "value" }} Drawing */
/** @typedef {{ latent_dim: number, image_size: number, in_channels: number, base_channels: number, hidden_dim: number,
 *   num_layers: number }} GanConfig */
/** What else a diagram depends on: whether noise is added, whether z is drawn from q(z|x), whether z comes from noise
 * and no picture goes in, whether log-odds are divided by a temperature, whether a step leads to another picture.
 * @typedef {{ noisy?: boolean, drawn?: boolean, decodes?: boolean, tempered?: boolean, steps?: boolean }} Case */

/** Channels after each halving of the image, and the size after the last: 28 -> [[32, 64], 7].
 * @param {NetworkConfig} config
 * @returns {[number[], number]} */
export function convPlan(config) {
  const channels = [];
  let size = config.image_size;
  while (!channels.length || (size > 8 && size % 2 === 0)) {
    channels.push(config.base_channels * Math.min(2 ** channels.length, 4));
    size /= 2;
  }
  return [channels, size];
}

/** @param {NetworkConfig} config
 * @returns {Layer[]} */
export function encoderLayers(config) {
  if (config.architecture === "mlp")
    return range(config.num_layers).map(() => ({ units: config.hidden_dim }));
  const [channels, last] = convPlan(config);
  const convolutions = channels.map((count, i) => ({
    channels: count,
    size: config.image_size / 2 ** (i + 1),
  }));
  return [
    ...convolutions,
    { channels: channels[channels.length - 1], size: last },
    { units: config.hidden_dim },
  ];
}

/** It mirrors the encoder.
 * @param {NetworkConfig} config */
export const decoderLayers = (config) => encoderLayers(config).reverse();

/** Those of a GAN of MLPs, or of a DCGAN, whose config has no hidden units.
 * @param {GanConfig} config
 * @returns {{ generator: Layer[], discriminator: Layer[] }} */
export function ganLayers({ hidden_dim, num_layers, image_size, base_channels }) {
  /** @type {Layer[]} */
  const discriminator = [];
  if (hidden_dim) discriminator.push(...range(num_layers).map(() => ({ units: hidden_dim })));
  else
    for (let size = image_size; size > 4; ) {
      size = Math.floor((size + 1) / 2);
      discriminator.push({ channels: base_channels * 2 ** discriminator.length, size });
    }
  return { generator: [...discriminator].reverse(), discriminator };
}

/** @param {import("./families/pixelcnn.js").PixelCNNConfig} config
 * @returns {{ window: { high: number, wide: number, channels: Layer }, blocks: Layer[], links: number[][] }} */
export const pixelLayers = ({ context, hidden_dim: units, num_blocks }) => ({
  window: { high: context + 1, wide: 2 * context + 1, channels: { units } },
  blocks: range(2 * num_blocks).map(() => ({ units })),
  links: range(num_blocks).map((i) => [2 * i, 2 * i + 1]),
});

/** A layer is a residual block; the links are what the way up is given of the way down.
 * @param {import("./families/ddpm.js").DDPMConfig} config
 * @returns {{ layers: Layer[], links: number[][] }} */
export function unetLayers({ image_size, base_channels, num_blocks }) {
  const sizes = [image_size / 2];
  while (sizes[sizes.length - 1] > 8 && sizes[sizes.length - 1] % 2 === 0)
    sizes.push(sizes[sizes.length - 1] / 2);
  const down = sizes.flatMap((size, depth) =>
    range(num_blocks).map(() => ({ channels: base_channels * Math.min(2 ** depth, 4), size })),
  );
  const layers = [...down, ...[...down].reverse()];
  const links = range(sizes.length - 1).map((depth) => {
    const last = (depth + 1) * num_blocks - 1;
    return [last + 1, layers.length - 2 - last];
  });
  return { layers, links };
}

/** @param {string} key
 * @param {string} name
 * @returns {Column} */
const picture = (key, name) => ({ kind: "picture", key, name });

/** @param {string} key
 * @param {string} name
 * @param {string} word
 * @param {Layer[]} layers
 * @returns {Column} */
const net = (key, name, word, layers) => ({ kind: "net", key, name, word, layers });

/** @param {string} key
 * @param {string} name
 * @param {number} length
 * @param {boolean} [joined]
 * @returns {Column} */
const vector = (key, name, length, joined = false) => ({ kind: "vector", key, name, length, joined });

/** What is added to the reconstruction error of an autoencoder.
 * @type {Record<string, Term[]>} */
const ADDED = {
  sparse: [{ key: "l1", formula: "‖<i>z</i>‖<sub>1</sub>", sign: "+ λ", lights: ["z"] }],
  k_sparse: [{ key: "active", formula: "‖<i>z</i>‖<sub>0</sub>", sign: ",", lights: ["z"] }],
  contractive: [{ key: "slope", formula: "‖∂<i>f</i>/∂<i>x</i>‖<sup>2</sup>", sign: "+ λ", lights: ["f"] }],
};
const ERROR = "‖<i>x</i> − <i>x′</i>‖<sup>2</sup>";

/** @param {any} config
 * @param {Case} how
 * @returns {Drawing} */
function autoencoder(config, { noisy }) {
  const lights = ["x", ...(noisy ? ["noisy"] : []), "f", "z", "g", "output"];
  return {
    columns: [
      picture("x", "x"),
      ...(noisy ? [picture("noisy", "x̃")] : []),
      net("f", "f", "encoder", encoderLayers(config)),
      vector("z", "z", config.latent_dim),
      net("g", "g", "decoder", decoderLayers(config)),
      picture("output", "x′"),
    ],
    arc: { from: "x", to: "output", name: "x − x′" },
    terms: [{ key: "error", formula: ERROR, lights }, ...(ADDED[config.variant] ?? [])],
  };
}

/** @param {any} config
 * @param {Case} how  `drawn`: z is drawn, else it is the mean
 * @returns {Drawing} */
function vae(config, { noisy, drawn }) {
  const { latent_dim: length } = config;
  return {
    columns: [
      picture("x", "x"),
      ...(noisy ? [picture("noisy", "x̃")] : []),
      net("f", "f", "encoder", encoderLayers(config)),
      vector("mu", "μ", length),
      vector("sigma", drawn ? "+ σ" : "σ", length, true),
      ...(drawn ? [vector("noise", "⊙ ε", length, true)] : []),
      vector("z", drawn ? "= z" : "z = μ", length, drawn),
      net("g", "g", "decoder", decoderLayers(config)),
      picture("output", "x′"),
    ],
    arc: { from: "x", to: "output", name: "−log p(x|z)" },
    terms: [
      {
        key: "likelihood",
        formula: "−log <i>p</i>(<i>x</i>|<i>z</i>)",
        lights: ["x", "z", ...(drawn ? ["noise"] : []), "g", "output"],
      },
      {
        key: "kl",
        formula: "<i>D</i><sub>KL</sub>(<i>q</i>(<i>z</i>|<i>x</i>)‖<i>p</i>(<i>z</i>))",
        lights: ["mu", "sigma", "f"],
      },
    ],
  };
}

/** The value V, which D raises and G lowers.
 * @type {Term[]} */
const GAME = [
  { key: "real", formula: "log <i>D</i>(<i>x</i>)", lights: ["d", "x"] },
  { key: "fake", formula: "log(1 − <i>D</i>(<i>G</i>(<i>z</i>)))", lights: ["d", "g", "z"] },
];

/** @param {any} config
 * @returns {Drawing} */
function gan(config) {
  const { generator, discriminator } = ganLayers(config);
  return {
    columns: [
      vector("z", "z", config.latent_dim),
      net("g", "G", "generator", generator),
      { kind: "picture", key: "images", name: "", keys: ["x", "output"], names: ["x", "G(z)"] },
      net("d", "D", "discriminator", discriminator),
      { kind: "scores", key: "scores", name: "", keys: ["real", "fake"], names: ["D(x)", "D(G(z))"] },
    ],
    terms: GAME,
    title: "value",
  };
}

/** The half of an autoencoder that makes pictures of noise z.
 * @param {any} config
 * @returns {Drawing} */
const decoder = (config) => ({
  columns: [
    vector("z", "z", config.latent_dim),
    net("g", "g", "decoder", decoderLayers(config)),
    picture("output", "g(z)"),
  ],
  terms: [],
});

/** The game in the plane, whose points are two numbers each.
 * @param {{ width: number, loss: string }} settings  of gan2d.js
 * @returns {Drawing} */
export function planeGame({ width, loss }) {
  const layers = range(2).map(() => ({ units: width }));
  /** @type {Term} */
  const own = {
    key: "own",
    formula: "−log <i>D</i>(<i>G</i>(<i>z</i>))",
    sign: ",",
    lights: ["z", "g", "d"],
  };
  return {
    columns: [
      { kind: "points", key: "z", name: "z" },
      net("g", "G", "generator", layers),
      { kind: "points", key: "points", name: "", keys: ["x", "output"], names: ["x", "G(z)"] },
      net("d", "D", "discriminator", layers),
      { kind: "scores", key: "scores", name: "", keys: ["real", "fake"], names: ["D(x)", "D(G(z))"] },
    ],
    terms: loss === "saturating" ? GAME : [...GAME, own],
    title: "value",
  };
}

/** @param {string} key
 * @param {string} name
 * @param {boolean} [joined]
 * @returns {Column} */
const value = (key, name, joined = false) => ({ kind: "value", key, name, joined });

/** One pixel and its coin, which is then one of the pixels before the next: the same network for every pixel.
 * @param {any} config
 * @param {Case} how
 * @returns {Drawing} */
function pixelCnn(config, { tempered }) {
  const { window, blocks, links } = pixelLayers(config);
  const { high, wide, channels } = window;
  const network = ["x", "seen", "context", "i", ...(config.num_classes ? ["y"] : []), "blocks"];
  return {
    columns: [
      picture("x", "x₁…xᵢ₋₁"),
      { ...picture("seen", `${high}×${wide}`), wide, high, word: "masked" },
      { kind: "net", key: "context", name: "", layers: [channels] },
      value("i", "+ i", true),
      ...(config.num_classes ? [value("y", "+ y", true)] : []),
      { ...net("blocks", `${config.num_blocks} × (1×1, 1×1)`, "residual", blocks), links },
      { ...value("odds", "ℓ"), word: "odds" },
      { kind: "coin", key: "p", name: tempered ? "p = σ(ℓ/T)" : "p = σ(ℓ)", word: "coin" },
    ],
    arc: { from: "x", to: "p", name: "xᵢ" },
    terms: [
      { key: "before", formula: surprise("j", "&lt;"), lights: network },
      { key: "now", formula: surprise("i"), lights: [...network, "odds", "p"] },
      { key: "after", formula: surprise("j", "&gt;"), lights: network },
    ],
  };
}

/** -log p of pixel i, or a sum of those before or after it, as HTML.
 * @param {string} index
 * @param {string} [order] */
const surprise = (index, order) =>
  `${order ? `Σ<sub><i>j</i>${order}<i>i</i></sub> ` : ""}−log <i>p</i>(<i>x<sub>${index}</sub></i>` +
  ` | <i>x</i><sub>1</sub> … <i>x</i><sub><i>${index}</i>−1</sub>)`;

/** What a diffusion model's network puts out, and what it should be, as HTML.
 * @type {Record<string, [string, string]>} */
const OUTPUTS = {
  noise: ["ε̂", "ε"],
  x_start: ["x̂₀", "<i>x</i><sub>0</sub>"],
  velocity: ["v̂", "(<i>a<sub>t</sub></i> ε − σ<sub><i>t</i></sub> <i>x</i><sub>0</sub>)"],
  flow: ["v̂", "(ε − <i>x</i><sub>0</sub>)"],
};

/** One step: what the network says of x_t, the image that this stands for, and x_s, which is the next x_t.
 * @param {any} config
 * @param {Case} how
 * @returns {Drawing} */
function diffusion(config, { steps }) {
  const [output, target] = OUTPUTS[config.prediction];
  const { layers, links } = unetLayers(config);
  const classes = config.num_classes ? [value("y", "y", true)] : [];
  return {
    columns: [
      picture("x", "xₜ"),
      value("t", "t", true),
      ...classes,
      { ...net("unet", "U-Net", "", layers), links },
      picture("output", output),
      ...(config.prediction === "x_start" ? [] : [picture("start", "x̂₀")]),
      ...(steps ? [picture("next", "xₛ"), value("s", "s < t", true)] : []),
    ],
    ...(steps && { arc: { from: "x", to: "next", name: "t ← s" } }),
    terms: [
      {
        key: "error",
        formula: `‖${target} − <i>${output}</i>‖<sup>2</sup>`,
        lights: ["x", "t", ...classes.map(({ key }) => key), "unet", "output"],
      },
    ],
  };
}

/** @type {Record<string, (config: any, how: Case) => Drawing>} */
const FAMILIES = {
  Autoencoder: autoencoder,
  VAE: vae,
  GAN: gan,
  DCGAN: gan,
  PixelCNN: pixelCnn,
  DDPM: diffusion,
};

/** @param {string} family  as its class in space/models is called
 * @param {any} config
 * @param {Case} [how]
 * @returns {Drawing | null}  null of a family without a diagram here */
export const diagramOf = (family, config, how = {}) => {
  const draw = how.decodes && FAMILIES[family] !== gan ? FAMILIES[family] && decoder : FAMILIES[family];
  return draw?.(config, how) ?? null;
};
