"""Spondyl reads lateral lumbar spine radiographs. Research software, not a medical device."""

__version__ = "0.1.0"
