import pickle
from itertools import islice

import numpy as np
import pytest

from spondyl.train.config import parse_experiment
from spondyl.train.mixture import open_sources
from spondyl.train.streams import FixedSet, SampleStream, sample_maker, training_loader


class Numbers:
    """A source whose scenes are their own numbers."""

    def __len__(self) -> int:
        return 10

    def draw(self, rng, number):
        return int(rng.integers(1 << 30))

    def at(self, index):
        return index


def one(scene, rng):
    return [{"scene": scene, "chance": rng.random()}]


def first(stream, count: int):
    return list(islice(stream, count))


def test_same_seed_same_stream_other_seed_another():
    stream = first(SampleStream(Numbers(), one, 7), 5)
    assert stream == first(SampleStream(Numbers(), one, 7), 5)
    assert stream != first(SampleStream(Numbers(), one, 8), 5)


def test_a_later_start_goes_on_without_repeating():
    whole = first(SampleStream(Numbers(), one, 7), 9)
    assert first(SampleStream(Numbers(), one, 7, start=5), 4) == whole[5:]


def test_workers_share_the_numbers(geometries, values):
    def drawn(workers: int):
        experiment = parse_experiment({**values, "workers": workers, "batch_size": 1})
        training, _ = open_sources(experiment.data, geometries / "cache")
        loader = training_loader(experiment, training, 3)
        films = [batch["film"].numpy() for batch in islice(loader, 4)]
        return sorted(float(np.abs(film).sum()) for film in films)

    assert drawn(0) == pytest.approx(drawn(2))


def test_buffer_scatters_and_loses_nothing():
    def several(scene, rng):
        return [{"scene": scene, "part": part} for part in range(5)]

    plain = first(SampleStream(Numbers(), several, 7), 60)
    mixed = first(SampleStream(Numbers(), several, 7, buffer=20), 40)
    keys = [(s["scene"], s["part"]) for s in mixed]
    assert len(set(keys)) == 40
    assert set(keys) <= {(s["scene"], s["part"]) for s in plain}
    assert keys != [(s["scene"], s["part"]) for s in plain[:40]]


def test_data_without_labels_ends_with_a_sentence():
    with pytest.raises(RuntimeError, match="no usable labels"):
        next(iter(SampleStream(Numbers(), lambda scene, rng: [], 7)))
    with pytest.raises(ValueError, match="No validation film"):
        FixedSet(Numbers(), lambda scene, rng: [], 7, 3)


@pytest.mark.parametrize("kind", ["finder", "body", "view"])
def test_each_kind_has_samples_and_can_be_handed_to_a_new_process(kind, values, geometries):
    values = {**values, "kind": kind, "network": {}}
    values["data"] = {**values["data"], "stream": {"seed": 1}}
    experiment = parse_experiment(values)
    training, _ = open_sources(experiment.data, geometries / "cache")
    handed = pickle.loads(pickle.dumps(training_loader(experiment, training, 0).dataset))
    assert handed.source.shares.tolist() == training.shares.tolist()
    assert handed.make.keywords == sample_maker(experiment).keywords
    samples = handed.make(training.at(1), np.random.default_rng(0))
    assert ("crop" if kind == "body" else "film") in samples[0]
