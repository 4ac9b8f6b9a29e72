"""What can be set in the lesson: names as in crowd.js, bounds of the page and of the link."""

DATA = ("ansur2", "galton", "korea", "cups", "own")
WHO = ("F", "M", "both")
MODELS = ("uniform", "normal", "histogram", "kernels", "mixture", "drawn")
MOST_PEOPLE = 6068
WIDTHS, BANDWIDTHS = (0.2, 20), (0.1, 10)
"""in the unit of the data: centimetres, or for the visitor's numbers an eighth of their spread"""
RESERVE = 0.01
"""share of the probability that can be kept for anything on the axis"""
