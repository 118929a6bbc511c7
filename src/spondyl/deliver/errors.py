"""Why a reading cannot be written in a form."""


class DeliverError(ValueError):
    """A reading cannot be written in the form that was asked for; the sentence says why."""
