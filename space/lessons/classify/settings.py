"""What can be set in the lesson: names as in survey.js, bounds of the page and of the link."""

DATA = ("ansur2", "galton", "korea", "cups")
FEATURES = ("one", "two")
KINDS = ("lda", "qda", "naive", "naive_shared")
HIDDEN = ("none", "first", "second")
MOST_PEOPLE = 6068
FEWEST_PEOPLE = 4
