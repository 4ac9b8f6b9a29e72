"""What can be set in the game: names as in space/browser/gan2d.js, bounds of the page and of the link."""

DISTRIBUTIONS = ("ring", "grid", "moons", "gaussians", "drawn")
PRESETS = ("balanced", "collapse", "strong", "vanishing")
LOSSES, OPTIMIZERS = ("non_saturating", "saturating"), ("adam", "sgd")
LATENT_KINDS, STARTS = ("gaussian", "uniform"), ("middle", "corner")
LATENT_DIMS, WIDTHS = (1, 2, 4, 8), (8, 16, 32, 64)
LEARNING_RATE_POWERS = (-4.5, -1)
"""powers of ten that the sliders reach"""
LEARNING_RATES = (3e-5, 0.1)
"""learning rates that a link may name"""
MAX_STEPS_D = 20
"""steps of D for each of G"""
MAX_MOVES = 50_000
"""moves of a game that a link may repeat"""
