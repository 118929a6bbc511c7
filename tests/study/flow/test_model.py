"""Flows must add up, and keep on disk."""

import json

import numpy as np
import pytest

from spondyl.study.flow.model import (
    Excluded,
    Step,
    Stream,
    flow_from_json,
    flow_of_labels,
    patients_of,
    statuses,
)
from tests.study.flow_cases import FLOW
from tests.study.page_cases import drawn_label


def test_counts_must_add_up():
    with pytest.raises(ValueError, match="9 films are left of “Found”, but “Labelled” counts 8"):
        Stream("a", (Step("Found", 10, excluded=(Excluded("x", 1),)), Step("Labelled", 8)))
    with pytest.raises(ValueError, match="parts hold 7"):
        Stream("a", (Step("Labelled", 8),), (Step("Training", 7),))
    with pytest.raises(ValueError, match="at least one step"):
        Stream("a", ())
    # of different units nothing can be said
    Stream("a", (Step("Reports", 10, unit="reports"), Step("Films", 12)))


def test_there_and_back():
    assert flow_from_json(json.loads(json.dumps(FLOW.to_json()))) == FLOW
    with pytest.raises(ValueError, match="not a flow"):
        flow_from_json([{"name": "a"}])


def test_flow_of_labels_counts_films_and_patients():
    rng = np.random.default_rng(1)
    own = {
        "validation": [drawn_label(f"v{i}", f"p{i}", rng) for i in range(3)],
        "train": [drawn_label(f"t{i}", f"q{i // 2}", rng) for i in range(4)],
    }
    other = [drawn_label(f"e{i}", "one", rng) for i in range(2)]
    flow = flow_of_labels(own, {"west": other}, {"internal": False, "west": True})
    first, second = flow.streams
    assert [end.words for end in first.ends] == ["Training", "Validation"]
    assert (first.steps[0].count, first.steps[0].patients) == (7, 5)
    assert (second.steps[0].count, second.steps[0].patients, second.simulated) == (2, 1, True)
    assert patients_of(other) == 1
    said = statuses(other)
    assert sum(int(part.split()[0]) for part in said.split(", ")) == 2
