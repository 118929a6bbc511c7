"""Settings of all tests."""

from hypothesis import settings

# Other programs may use the cores: how long an example takes says nothing of the code.
settings.register_profile("spondyl", deadline=None)
settings.load_profile("spondyl")
