"""Two ways to tell people apart: a boundary fitted to labels, and a distribution of each kind with Bayes."""
