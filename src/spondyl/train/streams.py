"""Endless, reproducible streams of samples, and the fixed set that validates them."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import distributed
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

from spondyl.network.export import Kind
from spondyl.network.unet import UNetConfig
from spondyl.train.body_data import body_samples
from spondyl.train.config import Experiment
from spondyl.train.finder_data import finder_sample, usable
from spondyl.train.mixture import Mixture
from spondyl.train.sources import Scene
from spondyl.train.types import Sample
from spondyl.train.view_data import view_sample

MakeSamples = Callable[[Scene, np.random.Generator], list[Sample]]
#: Keeps validation draws apart from training draws of the same seed.
_VALIDATION_STREAM = 1 << 40
_DRAWS = 50


def sample_maker(experiment: Experiment) -> MakeSamples:
    """What turns a scene into samples, for the experiment's kind of network."""
    framing, collapses = experiment.framing, experiment.data.collapse_share
    if experiment.kind is Kind.BODY:
        return lambda scene, rng: body_samples(scene, rng, experiment.body, framing, collapses)
    if experiment.kind is Kind.VIEW:
        return lambda scene, rng: [view_sample(scene, rng, framing)]
    config = experiment.network_config()
    assert isinstance(config, UNetConfig)
    stride = config.output_stride

    def finder(scene: Scene, rng: np.random.Generator) -> list[Sample]:
        return [finder_sample(scene, rng, framing, stride, collapses)] if usable(scene) else []

    return finder


class SampleStream(IterableDataset[Sample]):
    """Samples without end; each film's chance depends on the seed and its number alone.

    Film ``i`` of the stream is drawn by the generator of (seed, i). Workers and processes share
    the numbers among them, so that no film is drawn twice, and a resumed run starts at the number
    where the stopped one ended.

    Parameters
    ----------
    source : Mixture
    make : callable
        Scene and generator to samples.
    seed : int
    start : int
        First film's number.
    buffer : int
        Samples of one film are scattered among this many; 1 keeps their order.
    """

    def __init__(
        self, source: Mixture, make: MakeSamples, seed: int, start: int = 0, buffer: int = 1
    ) -> None:
        self.source = source
        self.make = make
        self.seed = seed
        self.start = start
        self.buffer = buffer

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        index, count = (worker.id, worker.num_workers) if worker else (0, 1)
        if distributed.is_available() and distributed.is_initialized():
            index += count * distributed.get_rank()
            count *= distributed.get_world_size()
        if worker:
            _single_thread()
        number = self.start + index
        held: list[Sample] = []
        order = np.random.default_rng([self.seed, number])
        empty = 0
        while True:
            rng = np.random.default_rng([self.seed, number])
            made = self.make(self.source.draw(rng, number), rng)
            number += count
            empty = 0 if made else empty + 1
            if empty >= _DRAWS:
                raise RuntimeError(
                    f"{_DRAWS} films in a row gave no sample; this data has no usable labels "
                    "(bodies with corners) for this kind of network."
                )
            held.extend(made)
            while len(held) >= self.buffer:
                place = int(order.integers(len(held))) if self.buffer > 1 else 0
                held[place], held[-1] = held[-1], held[place]
                yield held.pop()


class FixedSet(Dataset[Sample]):
    """The same samples in each validation: made once from the seed, then kept.

    Parameters
    ----------
    source : Mixture
    make : callable
    seed : int
    films : int
        At most so many films.
    """

    def __init__(self, source: Mixture, make: MakeSamples, seed: int, films: int) -> None:
        self.samples: list[Sample] = []
        for number in range(min(films, len(source) * 4)):
            rng = np.random.default_rng([seed, _VALIDATION_STREAM + number])
            self.samples.extend(make(source.at(number), rng))
        if not self.samples:
            raise ValueError("No validation film gave a sample; label more films' corners.")

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Sample:
        return self.samples[index]


def _single_thread() -> None:
    """One thread per worker process: the trainer's own threads need the other cores."""
    import cv2

    torch.set_num_threads(1)
    cv2.setNumThreads(0)


def training_loader(experiment: Experiment, source: Mixture, step: int) -> DataLoader[Sample]:
    """Batches for training from a step on."""
    body = experiment.kind is Kind.BODY
    # Crops come several from a film: their film numbers advance by batches all the same, which
    # skips some on a resume but never repeats one.
    stream = SampleStream(
        source,
        sample_maker(experiment),
        experiment.seed,
        start=step * experiment.batch_size,
        buffer=experiment.body.buffer if body else 1,
    )
    workers = experiment.workers
    return DataLoader(
        stream,
        batch_size=experiment.batch_size,
        num_workers=workers,
        prefetch_factor=3 if workers else None,
        persistent_workers=workers > 0,
        pin_memory=torch.cuda.is_available(),
    )


def validation_loader(experiment: Experiment, source: Mixture) -> DataLoader[Sample]:
    """The fixed validation set, made in this process."""
    fixed = FixedSet(
        source, sample_maker(experiment), experiment.seed, experiment.data.validation_films
    )
    return DataLoader(fixed, batch_size=experiment.batch_size)
