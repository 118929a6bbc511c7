"""The films of one training, for one process or for several that train together."""

import pytorch_lightning as pl
from torch.utils.data import DataLoader

from spondyl.train.config import Experiment
from spondyl.train.mixture import Mixture
from spondyl.train.streams import training_loader, validation_loader
from spondyl.train.types import Sample


class Films(pl.LightningDataModule):
    """Loaders that know which of the processes they serve.

    Parameters
    ----------
    experiment : Experiment
    training, validation : Mixture
    step : int
        First step of this run; a resumed one goes on with the films that would have come.
    """

    def __init__(
        self, experiment: Experiment, training: Mixture, validation: Mixture, step: int
    ) -> None:
        super().__init__()
        self.experiment = experiment
        self.training = training
        self.validation = validation
        self.step = step
        self._kept: DataLoader[Sample] | None = None

    @property
    def share(self) -> tuple[int, int]:
        """Number of this process, and how many there are."""
        assert self.trainer is not None
        return self.trainer.global_rank, self.trainer.world_size

    def train_dataloader(self) -> DataLoader[Sample]:
        """Batches without end."""
        return training_loader(self.experiment, self.training, self.step, self.share)

    def val_dataloader(self) -> DataLoader[Sample]:
        """The fixed validation set, made once."""
        if self._kept is None:
            self._kept = validation_loader(self.experiment, self.validation, self.share)
        return self._kept
