"""Every test of training begins without what accelerate remembers of the run before."""

from tests.small_runs import fresh_accelerate_state  # noqa: F401
