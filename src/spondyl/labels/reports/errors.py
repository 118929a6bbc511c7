"""What can be wrong with reports."""


class ReportsError(ValueError):
    """Reports cannot be read; the message says which, why, and what to do."""
