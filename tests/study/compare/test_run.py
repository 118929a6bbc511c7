import json

import pytest

from spondyl.labels.split import LeakError
from spondyl.study.compare import train as train_module
from spondyl.study.compare.plan import PlanError, parse_plan
from spondyl.study.compare.run import compare, run_compare
from spondyl.study.compare.train import RUN_FILE, run_all, train_one
from spondyl.study.results.folder import load_comparison
from spondyl.study.results.mean import averaged
from spondyl.study.results.model import ComparisonError
from tests.study.compare_cases import SIDES, plan_values, write_films

pytestmark = pytest.mark.filterwarnings("ignore")


class Here:
    """Trains in this process: the start of another takes longer than such a training."""

    def __init__(self, code: int = 0) -> None:
        self.code = code

    def poll(self) -> int:
        return self.code

    def terminate(self) -> None: ...

    def wait(self) -> None: ...


@pytest.fixture
def started(monkeypatch) -> list[str]:
    """Names of the trainings that were started."""
    return []


@pytest.fixture
def start(started):
    def start(training):
        started.append(training.words)
        train_one(training.folder)
        return Here()

    return start


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    write_films(folder / "home", SIDES)
    write_films(folder / "north", [None] * 2, seed=1)
    return folder


def plan(films, **more):
    external = [{"name": "north", "folder": str(films / "north")}]
    return parse_plan(plan_values(films / "home", externals=external, **more))


def test_from_plan_to_results(films, tmp_path, start, started):
    out = tmp_path / "out"
    run = compare(plan(films), out, start=start)
    assert started == ["multitask, seed 1", "levels, seed 1", "fracture, seed 1"]
    assert run.failed == ()
    found = run.comparison
    assert found.systems == ("multi-task", "single-task")
    assert [(one.system, one.set_name, len(one.outcomes)) for one in found.results] == [
        ("multi-task", "internal", 2),
        ("multi-task", "north", 2),
        ("single-task", "internal", 2),
        ("single-task", "north", 2),
    ]
    assert [(one.name, one.external, one.films, one.simulated) for one in found.sets] == [
        ("internal", False, 2, True),
        ("north", True, 2, True),
    ]
    assert {run.arm: run.steps for run in found.runs} == {
        "multitask": 2, "levels": 2, "fracture": 2
    }  # fmt: skip
    assert found.runs[0].epochs == 1.0
    assert found.hardware["cores"] >= 1
    one = found.of("multi-task", "north")[0]
    assert averaged([one]) == one.outcomes
    thresholds = json.loads((one.folder.parent / "thresholds.json").read_text())
    assert thresholds["chosen_on"] == {"side": "validation", "films": 2}
    assert thresholds["body"]["threshold"] == one.body_threshold

    # Again: nothing is trained, nothing is read, and the record stays.
    kept = {path: path.stat().st_mtime_ns for path in out.rglob("evaluation.json")}
    readings = {path: path.stat().st_mtime_ns for path in out.rglob("reading.json")}
    assert len(kept) == 4
    assert len(readings) == 8
    again = compare(plan(films), out, start=start)
    assert len(started) == 3
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert {path: path.stat().st_mtime_ns for path in readings} == readings
    assert [r.outcomes for r in again.comparison.results] == [r.outcomes for r in found.results]

    # Another operating point needs new calls, not new networks.
    other = plan(films, operating_point={"specificity": 1.0})
    stricter = compare(other, out, start=start).comparison
    assert len(started) == 3
    for before, after in zip(found.results, stricter.results, strict=True):
        assert after.body_threshold >= before.body_threshold

    # Another setting does not mix with what is there.
    with pytest.raises(PlanError, match=r"other settings \(budget.*choose another --out"):
        compare(plan(films, budget={"steps": 3}), out, start=start)


def test_an_interrupted_run_goes_on(films, tmp_path, start, started):
    system = {"levels": "multitask", "fracture": "multitask"}
    more = {"arms": ["multitask"], "budget": {"steps": 4}, "systems": {"multi-task": system}}
    out = tmp_path / "out"

    def breaks(training):
        from spondyl.train import run

        def stop(*_):
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            # After the last step, before anything is exported.
            patch.setattr(run, "export", stop)
            train_one(training.folder)

    with pytest.raises(KeyboardInterrupt):
        compare(plan(films, **more), out, start=breaks)
    folder = out / "runs" / "multitask" / "seed-1"
    assert (folder / "last.ckpt").is_file()
    assert not (folder / RUN_FILE).is_file()
    assert load_comparison(out).results == ()
    done = compare(plan(films, **more), out, start=start).comparison
    assert done.runs[0].steps == 4
    starts = [json.loads(line) for line in (folder / "machines.jsonl").read_text().splitlines()]
    assert [start["step"] for start in starts] == [0, 4]
    assert len(done.results) == 2


def test_a_training_that_fails_is_named_and_the_rest_stands(films, tmp_path, start):
    def some(training):
        if training.arm == "levels":
            (training.folder / "training.log").write_text("one\nno memory left\n")
            return Here(1)
        return start(training)

    run = compare(plan(films), tmp_path, start=some)
    assert [one.system for one in run.comparison.results] == ["multi-task"] * 2
    assert len(run.failed) == 1
    assert "levels, seed 1 failed: no memory left (see" in run.failed[0]


def test_a_study_needs_every_system(films, tmp_path):
    said: list[str] = []
    few = plan(films, seeds=[1, 2])
    with pytest.raises(ComparisonError, match="4 of 4 trained systems are missing"):
        run_compare(few, tmp_path, said.append, start=lambda training: Here(1))
    assert any("Training 6 networks" in line for line in said)


def test_leaks_are_refused_before_anything_is_trained(tmp_path, start, started):
    home = write_films(tmp_path / "home", SIDES)
    (home / "7.png").write_bytes((home / "0.png").read_bytes())
    with pytest.raises(LeakError):
        compare(parse_plan(plan_values(home)), tmp_path / "out", start=start)
    assert started == []


def test_so_many_run_side_by_side(tmp_path):
    class Slow(Here):
        def __init__(self, one):
            self.one, self.left = one, 2

        def poll(self):
            self.left -= 1
            if self.left:
                return None
            self.one.finished = True
            live.remove(self.one)
            return 0

    class Training:
        def __init__(self, done=False):
            self.finished, self.words, self.folder = done, "x", tmp_path

        def share(self):
            return float(self.finished)

    live: list = []
    most: list[int] = []

    def start(one):
        live.append(one)
        most.append(len(live))
        return Slow(one)

    shares: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "_POLL_S", 0)
        failed = run_all(
            [Training(), Training(True), Training(), Training()], 2, shares.append, start
        )
    assert failed == {}
    assert (max(most), len(most)) == (2, 3)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_the_packaged_reader_is_a_system(films, tmp_path, start, started):
    packaged = plan(films, systems={"packaged": {"weights": "packaged"}}, seeds=[1, 2])
    found = compare(packaged, tmp_path, start=start).comparison
    assert started == []
    assert [(one.system, one.seed, one.fold) for one in found.results] == [
        ("packaged", 0, None)
    ] * 2


@pytest.mark.slow
def test_trainings_run_in_processes_of_their_own(films, tmp_path):
    run = compare(plan(films), tmp_path / "out", workers=2)
    assert run.failed == ()
    assert len(run.comparison.results) == 4
    assert "max_steps=2" in (tmp_path / "out/runs/levels/seed-1/training.log").read_text()
