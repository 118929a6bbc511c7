"""Simulated hospitals: films of their own imaging chains, reports that err, and the truth."""
