"""A comparison read back: every system on every set, body by body, and the mean of trainings."""
