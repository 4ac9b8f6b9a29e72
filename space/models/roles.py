"""Which model plays which role. Lessons, the lecture, tools and tests name the role, not the model.

A model's name, which its folder and its repository bear, stands here once. Its family stands in the table of
`space.models`.
"""

PLAIN = "autoencoder-mnist"
"""the autoencoder that its relatives are compared with"""
PLAIN_MAP = "autoencoder-mnist-2d"
"""the autoencoder whose latent space is drawn as a map"""
SPARSE = "autoencoder-sparse-mnist"
DENOISING = "autoencoder-denoising-mnist"
CONTRACTIVE = "autoencoder-contractive-mnist"
CONVOLUTIONAL = "autoencoder-conv-mnist"
VAE_MAP = "vae-mnist-2d"
"""the VAE whose latent space is drawn as a map"""
VAE_DEEP = "vae-mnist-20d"
"""the VAE with more dimensions than a map can show"""
GAN = "gan-mnist"
DCGAN = "dcgan-mnist"
DIFFUSION = "ddpm-mnist"
"""the diffusion model whose network puts out the velocity"""
DIFFUSION_NOISE = "ddpm-mnist-noise"
"""the one whose network puts out the noise, as the paper's does"""
FLOW = "flow-mnist"
"""the one of flow matching, whose path is straight"""
PIXELS = "pixelcnn-mnist"
LIGHT = "cyclegan-flat2fluent"
"""the CycleGAN of two sets that differ in style alone"""
TRANSLATOR = "cyclegan-twemoji2fluent"
"""the one of two sets that differ in their shapes too"""
DIGIT_JUDGE = "classifier-mnist"
EMOJI_JUDGE = "classifier-twemoji2fluent"
STYLE_JUDGE = "classifier-flat2fluent"
"""the one that sees shades, not shapes"""

JUDGES = {"mnist": DIGIT_JUDGE, "twemoji2fluent": EMOJI_JUDGE, "flat2fluent": STYLE_JUDGE}
"""data set -> the classifier that judges what models make of it"""
