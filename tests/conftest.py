"""Settings of all tests."""

import os

from hypothesis import settings

# Other programs may use the cores: how long an example takes says nothing of the code. The same
# examples each time, so that a change is held against what the last one was; look for new ones with
# HYPOTHESIS_PROFILE=explore.
settings.register_profile("spondyl", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "spondyl"))
