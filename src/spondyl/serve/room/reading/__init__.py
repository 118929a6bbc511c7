"""Films are read beside the requests: :mod:`service` holds all of it.

:mod:`claims` takes films from the database so that none is lost, :mod:`process` keeps what opens
files of unknown origin in processes of their own, :mod:`worker` has one read after the other,
:mod:`gather` brings in what a DICOM node received or somebody laid into a folder.
"""
