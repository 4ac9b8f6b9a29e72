"""Where models come from: the Hub, its cache, or the bundled folders. It may import `models` and `text`."""
