"""The REST interface, one file a subject; each has a ``router`` that :mod:`app` takes in."""
