/* The two terms of a VAE's loss, in nats, as `elbo_terms` of space/models/vae.py; their sum is -ELBO. */

const LEAST_LOG = -100; // of a probability, as PyTorch bounds it

/** -log p(x|z) of pixels that are 1 with the probabilities `output`.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} output */
export function reconstructionTerm(x, output) {
  const log = (/** @type {number} */ p) => Math.max(Math.log(p), LEAST_LOG);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum -= x[i] * log(output[i]) + (1 - x[i]) * log(1 - output[i]);
  return sum;
}

/** KL(N(mu, sigma^2) || N(0, I)).
 * @param {ArrayLike<number>} mu
 * @param {ArrayLike<number>} sigma */
export function klTerm(mu, sigma) {
  let sum = 0;
  for (let i = 0; i < mu.length; i++) sum += (mu[i] ** 2 + sigma[i] ** 2 - 1) / 2 - Math.log(sigma[i]);
  return sum;
}
