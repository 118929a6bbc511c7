"""What goes wrong in the store, as sentences."""


class StoreError(Exception):
    """A database or film store cannot be used; a sentence says why."""


class NoFilmError(LookupError):
    """The film store holds nothing under a key."""
