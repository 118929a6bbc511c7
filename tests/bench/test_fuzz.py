"""Films changed at random."""

import random
from io import BytesIO

import pydicom
import pytest

from bench.fuzz_films import Seed, mutated, seeds
from bench.fuzz_reader import Progress, judge
from spondyl.serve.dicom.results import Outcome


@pytest.fixture(scope="module")
def films() -> list[Seed]:
    return seeds()


def test_a_film_follows_from_its_number(films: list[Seed]) -> None:
    for seed in films:
        one, two, other = (
            mutated(seed, number, random.Random(f"1 {number}")) for number in (7, 7, 8)
        )
        assert one == two != other
        assert one != seed.data


def test_each_has_a_uid_of_its_own(films: list[Seed]) -> None:
    for seed in films:
        data, name = seed.named(12)
        assert len(data) == len(seed.data)
        dataset = pydicom.dcmread(BytesIO(data))
        assert dataset.SOPInstanceUID == dataset.file_meta.MediaStorageSOPInstanceUID == name
        assert name.endswith("000000012") is bool(seed.places)


def test_elements_lie_where_they_are_said_to(films: list[Seed]) -> None:
    for seed in films:
        for place in seed.places:
            tag = seed.data[place.start : place.start + 4]
            order = "little" if seed.order == "<" else "big"
            group, element = (int.from_bytes(tag[at : at + 2], order) for at in (0, 2))
            assert group << 16 | element == place.tag


def test_a_run_goes_on_where_it_was(tmp_path) -> None:
    path = tmp_path / "state.json"
    assert Progress.load(path, 3) == Progress(3)
    progress = Progress(3, 50, {"read": 20, "refused": 30}, 0.5, 300.0)
    progress.save(path)
    assert Progress.load(path, 3) == progress
    with pytest.raises(SystemExit, match="--seed 3, not 4"):
        Progress.load(path, 4)


def test_a_success_without_a_result_is_harm() -> None:
    assert judge(Outcome(refusal="A reason.")) == "refused"
    assert judge(Outcome()) == judge(Outcome(refusal=" ")) == "EMPTY"
