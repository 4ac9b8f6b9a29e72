"""What can be set in the lesson, and its bounds on the page and in the link."""

from space.page import link
from space.text.limits import MAX_GUIDANCE, MAX_SEED, MAX_TEMPERATURE, MIN_TEMPERATURE

DIGITS = range(10)
WHO = ("network", "counting")
"""who says the probabilities in the player"""
KEPT = ("seam", "brush")
"""how what stays of a digit is chosen; a visitor's own strokes are in no link"""
SIDE = 28
MOST_LATENTS = 64
"""z of the VAE's tightest bound, a power of 2"""
NUM_COMPLETIONS = 4
CARDS = ("one", "eight", "upside_down", "blank", "noise")
PLAY = {
    "class": link.number(0, 9, whole=True),
    "seed": link.number(0, MAX_SEED, whole=True, default=1),
    "temperature": link.number(MIN_TEMPERATURE, MAX_TEMPERATURE, default=1),
    "guidance": link.number(0, MAX_GUIDANCE, default=1),
    "who": link.one_of(*WHO, default=WHO[0]),
}
OWN = {
    "as": link.number(0, 9, whole=True),
    "kept": link.one_of(*KEPT, default=KEPT[0]),
    "seam": link.number(0, SIDE, whole=True, default=14),
    "k": link.number(0, MOST_LATENTS.bit_length() - 1, whole=True, default=4),
}
"""`k` is the logarithm to base 2 of the number of z"""
