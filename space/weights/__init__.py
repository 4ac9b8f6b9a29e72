"""Where models come from: the Hub, its cache, or the bundled folders. Imports `models` and `text`."""
