"""Every model of the lab: its source, its metrics, its training."""
