"""Every start writes a stub file (.pyi) for each component class, which only an editor reads.

What happens: `component_meta.create_or_modify_pyi` is called for each class at import: about a quarter of the
time of `import gradio`. In a read-only installation it does the work and fails to write, each time.
What should: stubs are made when the package is built.
Version: gradio 6.31.0. When it is mended: `import_gradio` in space/host/import_first.py goes.
"""

import cProfile
import pstats

profile = cProfile.Profile()
profile.enable()
import gradio  # noqa: E402, F401  what is measured

profile.disable()
rows = pstats.Stats(profile).stats.items()
calls, seconds = next(
    ((row[0], row[3]) for (_, _, name), row in rows if name == "create_or_modify_pyi"), (0, 0.0)
)
total = max(row[3] for _, row in rows)
share = f"{calls} stubs in {seconds:.1f} of {total:.1f} seconds of the import, under a profiler"
print("FAULT:" if calls else "mended:", share)
