"""Every model of the lab: its source, its figures, its training."""
