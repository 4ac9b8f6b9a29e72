"""What can be set in the lesson, and its bounds on the page and in the link.

None is as the model's config says.
"""

from space.models import MODELS, roles
from space.page import link
from space.text.limits import MAX_GUIDANCE, MAX_RESAMPLINGS, MAX_SEED
from space.weights.table import models_that

DIGITS = range(10)
NETWORKS = {"velocity": roles.DIFFUSION, "noise": roles.DIFFUSION_NOISE, "flow": roles.FLOW}
"""what a network puts out -> the model of the lab that does; the first is the one that is shown"""
OWN_NETWORKS = {name: name for name in models_that("denoise") if name not in MODELS}
"""an operator's own models, which the setting calls by their names"""
SHOWN_NETWORKS = (*NETWORKS, "all", *OWN_NETWORKS)
STEPS = (4, 64)
SHOWN_SAMPLERS = ("dpm_solver", "ddim", "ddpm", "both")
GUIDED = ("middle", "everywhere")
"""where guidance acts: between two shares of the way, or in every step"""
DIRECTIONS = ("back", "forward")
SHEETS = ("guidance", "steps", "between")
"""what can be unfolded below the trajectory"""
ERASED = ("nothing", "top", "bottom", "left", "right")
"""what of the digit is erased; a visitor's own strokes are in no link"""
WAY = {
    "class": link.number(0, 9, whole=True),
    "seed": link.number(0, MAX_SEED, whole=True, default=3),
    "steps": link.number(*STEPS, whole=True),
    "guidance": link.number(0, MAX_GUIDANCE),
    "guided": link.one_of(*GUIDED),
    "network": {**link.one_of(*SHOWN_NETWORKS, default=SHOWN_NETWORKS[0]), "repository": True},
    "sampler": link.one_of(*SHOWN_SAMPLERS, default=SHOWN_SAMPLERS[0]),
    "way": link.one_of(*DIRECTIONS, default=DIRECTIONS[0]),
    "sheet": link.one_of(*SHEETS),
}
OWN = {
    "t": link.number(0.05, 1, default=0.5),
    "erase": link.one_of(*ERASED, default=ERASED[0]),
    "resamplings": link.number(1, MAX_RESAMPLINGS, whole=True, default=4),
}
