"""The app and everything it needs at run time; imports nothing of `training`."""
