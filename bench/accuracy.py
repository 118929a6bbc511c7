"""Read simulated and real films and hold every figure, with its interval, against its goal.

``--all --real DIR`` measures the simulated films of seen sites and of held-back ones, the real
films as they are, and the same with fractures warped in. A stopped run goes on where it was, as
long as films and readings are kept by ``--out``.
"""

import argparse
import datetime
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/accuracy.py` finds `bench`

from bench.__main__ import machine
from bench.accuracy_sets import (
    SEEN_GOALS,
    UNSEEN_GOALS,
    Row,
    real_section,
    simulated_section,
)
from bench.goals import Section, as_markdown, parser, tell_sections

if TYPE_CHECKING:
    from spondyl.cli.compose import FilmSource
    from spondyl.evaluate.run import EvaluationRun

SETS = ("seen", "unseen", "real", "warped")
_STAMP_NAME = "simulator.txt"
_PAGE = """# Accuracy

Written by `python bench/accuracy.py --all --real DIR --out DIR --markdown FILE`. Figures on
simulated films are no clinical figures; there is none on genuine fractures of patients.
Definitions: {py:mod}`spondyl.evaluate.match`, {py:mod}`spondyl.evaluate.metrics`,
{py:mod}`spondyl.evaluate.calibration`.

Compression ratios are anterior over posterior and middle over posterior height; their error is
the mean of both, in % of the posterior height. The height loss is the largest lost share of the
expected heights, a harder figure. A simulated set counts only if about half of its graded
fractures are mild and its normal bodies include mimics of fractures. Seen sites are those that
training mixes; from unseen ones no training run draws.

"""


@dataclass(frozen=True)
class Simulated:
    """A simulated set: its films follow from seed and sites."""

    name: str
    title: str
    seed: int
    sites: tuple[str, ...]
    goals: tuple[Row, ...]


def simulated_sets(seed: int) -> dict[str, Simulated]:
    """The two simulated sets; their seeds differ."""
    from spondyl.simulate.chain import HELD_BACK_SITES, SITES, WIDE

    return {
        "seen": Simulated(
            "seen", "Simulated films, seen sites", seed, (WIDE.name, *SITES), SEEN_GOALS
        ),
        "unseen": Simulated(
            "unseen", "Simulated films, unseen sites", seed + 1, tuple(HELD_BACK_SITES),
            UNSEEN_GOALS,
        ),
    }  # fmt: skip


def main() -> int:
    """Measure, and print the figures beside their goals."""
    given = arguments().parse_args()
    chosen = chosen_sets(given)
    from spondyl.cli.compose import FilmSource
    from spondyl.read.site import load_site

    source = FilmSource(given.site, threads=1, weights=given.weights)
    facts = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "model": " ".join(source.model.get(key, "") for key in ("name", "version")),
        "model sha256": source.model.get("sha256", "unknown"),
        "site file": given.site,
        "threshold": f"{load_site(given.site).threshold:g}, as shipped with the site file",
        **{key: value for key, value in machine().items() if key != "python"},
    }
    with tempfile.TemporaryDirectory() as place:
        out = given.out or Path(place)
        sections = [measure(name, given, out, source) for name in chosen]
    if given.markdown:
        given.markdown.write_text(_PAGE + as_markdown(sections, facts), encoding="utf-8")
    return tell_sections(sections, given, facts)


def arguments() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    made = parser(__doc__)
    made.add_argument(
        "--sets", nargs="+", choices=SETS, default=[],
        help="what is measured; by default the seen sites, or with --real the real films",
    )  # fmt: skip
    made.add_argument("--all", action="store_true", help="all of them; needs --real")
    made.add_argument("--warped", action="store_true", help="add the warped-in fractures")
    made.add_argument("--films", type=int, default=1000, help="of each simulated set")
    made.add_argument("--seed", type=int, default=990_001, help="of the simulated films")
    made.add_argument("--set", type=Path, help="films of seen sites that were made before")
    made.add_argument("--unseen-set", type=Path, help="films of unseen sites made before")
    made.add_argument("--real", type=Path, help="a labelled set of real films")
    made.add_argument("--out", type=Path, help="keep films, readings and pages here")
    made.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables here, too")
    made.add_argument("--weights", type=Path, help="folder of other networks")
    made.add_argument("--site", default="default")
    made.add_argument("--workers", type=int, default=2)
    return made


def chosen_sets(given: argparse.Namespace) -> tuple[str, ...]:
    """Names of the sets to measure, in the order of ``SETS``."""
    wanted = set(SETS if given.all else given.sets)
    if not wanted:
        wanted = {"real"} if given.real and not given.warped else set()
    if given.warped:
        wanted.add("warped")
    if wanted & {"real", "warped"} and given.real is None:
        sys.exit("Real and warped films are measured on a labelled set: say where, by --real DIR.")
    return tuple(name for name in SETS if name in (wanted or {"seen"}))


def measure(name: str, given: argparse.Namespace, out: Path, source: "FilmSource") -> Section:
    """The table of one set."""
    if name == "warped":
        from bench.accuracy_warped import warped_table

        return warped_table(given, out, source, simulator_state())
    if name == "real":
        run = read(given.real, out, source, given, None)
        return real_section("Real films, as taken", run, {"folder": given.real.resolve().name})
    simulated = simulated_sets(given.seed)[name]
    folder = given.set if name == "seen" else given.unseen_set
    facts: dict[str, object] = {"films made before": folder.name} if folder else {}
    if folder is None:
        folder = out / f"simulated-{name}-{simulated.seed}"
        facts = make(folder, given, simulated)
    run = read(folder, out, source, given, given.films)
    return simulated_section(simulated.title, run, simulated.goals, facts)


def make(folder: Path, given: argparse.Namespace, wanted: Simulated) -> dict[str, object]:
    """Make the films that are missing; the facts of how they were made."""
    from spondyl.simulate.film import FilmSettings
    from spondyl.simulate.write import WriteSettings, write_dataset

    state = simulator_state()
    stamp = folder / _STAMP_NAME
    folder.mkdir(parents=True, exist_ok=True)
    if not stamp.is_file():
        stamp.write_text(state, encoding="utf-8")
    settings = WriteSettings(FilmSettings(sites=wanted.sites))
    write_dataset(folder, given.films, wanted.seed, settings, workers=given.workers)
    facts: dict[str, object] = {"seed": wanted.seed, "simulator": state}
    if stamp.read_text(encoding="utf-8") != state:
        facts["simulator"] = (
            f"{state}, but films here were begun by {stamp.read_text(encoding='utf-8')}: "
            "remove their folder to make them anew"
        )
    return facts


def simulator_state() -> str:
    """Short checksum of the simulator's code: films of two states are not of one set."""
    import spondyl

    digest = hashlib.sha256()
    for module in sorted(Path(spondyl.__path__[0], "simulate").rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:12]


def read(
    films: Path, out: Path, source: "FilmSource", given: argparse.Namespace, limit: int | None
) -> "EvaluationRun":
    """Read the films that are not read yet, and judge them all."""
    from spondyl.evaluate import evaluate

    return evaluate(
        films, out / "evaluation" / films.resolve().name, source.read, model=source.model,
        site=given.site, fingerprint=source.fingerprint, workers=given.workers, limit=limit,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
