"""The app and everything it needs at run time, in rooms; no room imports `training`.

`space/app.py` makes the page of them. It may import `lessons`, `page` and `host`.
"""
