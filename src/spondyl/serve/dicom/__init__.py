"""A DICOM node: takes films, keeps them safe, has them read, sends the results on.

The way of a film: :mod:`receive` (or a folder, or DICOMweb) -> :mod:`store` and :mod:`queue` ->
:mod:`worker` with :mod:`reading_process` -> :mod:`sender` -> destinations. Success is answered to a
sender only when the film lies on the disk and in the queue's table, both synced; from then on every
state is in the table, so that a node killed at any moment goes on where it was. Needs the extra
``[serve]``.
"""
