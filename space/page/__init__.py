"""What lessons share on the page. Imports `weights`, `pictures`, `models` and `text`, and no lesson."""
