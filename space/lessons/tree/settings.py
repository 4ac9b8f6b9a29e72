"""What can be set on the bench: names as in bench.js, bounds of the page and of the link."""

DATA = ("ring", "grid", "moons", "gaussians", "spiral", "drawn")
FAMILIES = (
    "gaussians",
    "histogram",
    "kernels",
    "autoregressive",
    "flow",
    "vae",
    "energy",
    "diffusion",
    "matching",
    "gan",
)
"""the first is on the bench when the page opens"""
SIDES, COMPONENTS = (4, 96), (1, 40)
"""cells of the histogram along each axis; Gaussians"""
BANDWIDTHS, RULERS = (0.02, 1), (0.03, 0.6)
"""of the kernels, and of the bumps on the GAN's samples"""
RATES = (0.1, 1000)
"""times the learning rate: a thousand times too much breaks a model, which is worth a look"""
MAX_STEPS, MAX_RESTARTS = 50_000, 100
"""what a link may ask to be repeated"""
EXTENT = 3
"""the plane is [-EXTENT, EXTENT]^2, as in space/browser/mixtures.js"""
