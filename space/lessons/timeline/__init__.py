"""How a model learned: its pictures through training, beside the curves."""
