"""Labels of films and the data-set form ``spondyl.dataset/1``."""

from spondyl.labels.dataset import (
    FILE_NAME,
    SCHEMA,
    Dataset,
    DatasetError,
    load_dataset,
    save_dataset,
)
from spondyl.labels.model import FilmLabel, VertebraLabel

__all__ = [
    "FILE_NAME",
    "SCHEMA",
    "Dataset",
    "DatasetError",
    "FilmLabel",
    "VertebraLabel",
    "load_dataset",
    "save_dataset",
]
