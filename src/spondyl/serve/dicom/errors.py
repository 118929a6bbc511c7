"""What goes wrong in a node, by whose fault it is."""


class ConfigError(ValueError):
    """The configuration cannot be used; one sentence a mistake, with the key's path."""


class NodeError(Exception):
    """The node cannot run; a sentence says why."""


class NoRoomError(Exception):
    """A film cannot be kept: the disk or the queue is full. Nothing of it was kept."""


class DestinationError(Exception):
    """A destination cannot be reached or ended the conversation; all that waits for it waits on."""


class NothingAcceptedError(DestinationError):
    """A destination accepts none of the classes that it was asked for."""
