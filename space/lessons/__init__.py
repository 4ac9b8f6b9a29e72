"""One interaction a folder: its layout, its work, its script and style. Imports no other lesson."""
