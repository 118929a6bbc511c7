"""Shares of several processes, without starting any."""

from itertools import islice

import numpy as np
import pytest
import torch

from spondyl.train.config import parse_experiment
from spondyl.train.machine import first_process, machine, usable_precision
from spondyl.train.mixture import open_sources
from spondyl.train.streams import FixedSet, SampleStream, training_loader
from spondyl.train.together import agreed, gathered


class Numbers:
    """A source whose scenes are their own numbers."""

    def __len__(self) -> int:
        return 10

    def draw(self, rng, number):
        return number

    def at(self, index):
        return index


def one(scene, rng):
    return [{"scene": scene}]


def numbers(stream, count: int) -> list[int]:
    return [sample["scene"] for sample in islice(stream, count)]


def test_processes_share_the_films_among_them():
    shares = [numbers(SampleStream(Numbers(), one, 7, share=(rank, 3)), 5) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(15))


def test_a_resumed_run_starts_after_all_that_every_process_saw(values, geometries):
    experiment = parse_experiment({**values, "batch_size": 4})
    training, _ = open_sources(experiment.data, geometries / "cache")
    starts = [training_loader(experiment, training, 3, (rank, 2)).dataset.start for rank in (0, 1)]
    assert starts == [24, 24]


def test_validation_is_shared_evenly():
    parts = [FixedSet(Numbers(), one, 7, 8, (rank, 3)) for rank in range(3)]
    assert [len(part) for part in parts] == [2, 2, 2]
    assert sorted(sample["scene"] for part in parts for sample in part.samples) == list(range(6))
    with pytest.raises(ValueError, match=r"raise data\.validation_films"):
        FixedSet(Numbers(), one, 7, 2, (0, 3))


def test_alone_nothing_changes():
    rows = {"score": np.arange(3.0)}
    assert gathered(rows) is rows
    assert agreed(1.5, torch.device("cpu")) == 1.5


def test_first_process_by_the_environment(monkeypatch):
    for name in ("RANK", "LOCAL_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    assert first_process()
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert not first_process()
    monkeypatch.setenv("RANK", "0")
    assert first_process()


def test_precision_follows_the_device(monkeypatch):
    assert usable_precision("32-true", "cpu") == "32-true"
    monkeypatch.setattr("spondyl.train.machine._cpu_has_bfloat16", lambda: False)
    assert usable_precision("auto", "cpu") == "32-true"
    monkeypatch.setattr("spondyl.train.machine._cpu_has_bfloat16", lambda: True)
    assert usable_precision("auto", "cpu") == "bf16-mixed"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for native, name in ((True, "bf16-mixed"), (False, "16-mixed")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_, n=native, **__: n)
        assert usable_precision("auto", "auto") == name


def test_machine_says_what_it_is_and_not_which():
    facts = machine()
    assert facts["cores"] >= 1
    assert facts["packages"]["torch"].startswith(torch.__version__.partition("+")[0])
    assert facts["gpus"] == []
    import platform

    assert platform.node() not in str(facts.values())
