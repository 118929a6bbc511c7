"""Endless, reproducible streams of samples, and the fixed set that validates them."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

from spondyl.network.export import Kind
from spondyl.network.tasks import Task
from spondyl.network.unet import UNetConfig
from spondyl.train.body_data import body_samples
from spondyl.train.config import Experiment, FramingSettings
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
    # Partials of plain functions: workers that start afresh must be able to take them over.
    if experiment.kind is Kind.BODY:
        return partial(
            body_samples, settings=experiment.body, framing=framing, collapse_share=collapses
        )
    if experiment.kind is Kind.VIEW:
        return partial(_view_samples, framing=framing)
    config = experiment.network_config()
    assert isinstance(config, UNetConfig)
    return partial(
        _finder_samples,
        framing=framing,
        stride=config.output_stride,
        collapses=collapses,
        size_px=(config.input_px[0], config.input_px[1]),
        bodies=Task.BODIES in config.tasks,
    )


def _view_samples(scene: Scene, rng: np.random.Generator, framing: FramingSettings) -> list[Sample]:
    return [view_sample(scene, rng, framing)]


def _finder_samples(
    scene: Scene,
    rng: np.random.Generator,
    framing: FramingSettings,
    stride: int,
    collapses: float,
    size_px: tuple[int, int],
    bodies: bool,
) -> list[Sample]:
    if not usable(scene):
        return []
    return [finder_sample(scene, rng, framing, stride, collapses, size_px, bodies)]


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
    share : (int, int)
        This process's number among those that train together, and how many they are.
    """

    def __init__(
        self,
        source: Mixture,
        make: MakeSamples,
        seed: int,
        start: int = 0,
        buffer: int = 1,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self.source = source
        self.make = make
        self.seed = seed
        self.start = start
        self.buffer = buffer
        self.share = share

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        index, count = (worker.id, worker.num_workers) if worker else (0, 1)
        index += count * self.share[0]
        count *= self.share[1]
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
    share : (int, int)
        This process's number among those that train together, and how many they are. Each makes
        all samples and keeps its own; the last few, of which not all would have one, are left
        out, since processes that wait for one another must take the same number of batches.
    """

    def __init__(
        self,
        source: Mixture,
        make: MakeSamples,
        seed: int,
        films: int,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self.samples: list[Sample] = []
        for number in range(min(films, len(source) * 4)):
            rng = np.random.default_rng([seed, _VALIDATION_STREAM + number])
            self.samples.extend(make(source.at(number), rng))
        if not self.samples:
            raise ValueError("No validation film gave a sample; label more films' corners.")
        rank, ranks = share
        even = len(self.samples) // ranks * ranks
        if not even:
            raise ValueError(
                f"Validation has {len(self.samples)} samples, but {ranks} processes train "
                "together and each needs one; raise data.validation_films."
            )
        self.samples = self.samples[rank:even:ranks]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Sample:
        return self.samples[index]


def _single_thread() -> None:
    """One thread per worker process: the trainer's own threads need the other cores."""
    import cv2

    torch.set_num_threads(1)
    cv2.setNumThreads(0)


def training_loader(
    experiment: Experiment, source: Mixture, step: int, share: tuple[int, int] = (0, 1)
) -> DataLoader[Sample]:
    """Batches for training from a step on, for one of the processes that train together."""
    body = experiment.kind is Kind.BODY
    # Crops come several from a film: their film numbers advance by batches all the same, which
    # skips some on a resume but never repeats one.
    stream = SampleStream(
        source,
        sample_maker(experiment),
        experiment.seed,
        start=step * experiment.batch_size * share[1],
        buffer=experiment.body.buffer if body else 1,
        share=share,
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


def validation_loader(
    experiment: Experiment, source: Mixture, share: tuple[int, int] = (0, 1)
) -> DataLoader[Sample]:
    """The fixed validation set, or this process's share of it, made in this process."""
    fixed = FixedSet(
        source, sample_maker(experiment), experiment.seed, experiment.data.validation_films, share
    )
    return DataLoader(fixed, batch_size=experiment.batch_size)
