"""Put measured figures into the model card, and write its page of the documentation.

RESULT is what ``python bench/accuracy.py ... --json`` printed, or the ``evaluation.json`` that
``spondyl evaluate`` writes; all that are given together replace the card's figures. Without one the
page alone is written anew, as after a change of the networks or of ``weights/card.md``.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spondyl.cli.card import EVALUATION_FILE, SCHEMA, load_model_card

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "model-card.md"
WEIGHTS = ROOT / "src" / "spondyl" / "weights"
_HEAD = "<!-- Written by `make card` from src/spondyl/weights; edit card.md there. -->\n\n"
#: Facts of a whole measurement that belong to each of its sets.
_SHARED = ("date", "site file", "threshold")
#: Groups of an ``evaluation.json`` and the words before its figures.
_GROUPS = {
    "finding": "",
    "numbering": "",
    "fracture_body": "fracture per body: ",
    "fracture_film": "fracture per film: ",
    "shape": "",
}


def main() -> int:
    """Write figures and page; with ``--check`` say whether the page is in step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="*", type=Path, metavar="RESULT")
    parser.add_argument(
        "--title", action="append", default=[], help="of a RESULT of one set; again for the next"
    )
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the networks")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the card is written")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 where it is not in step"
    )
    given = parser.parse_args()
    if given.results and not given.check:
        titles = dict(zip(given.results, given.title, strict=False))
        sections = [
            section for path in given.results for section in read_result(path, titles.get(path))
        ]
        content = {"schema": SCHEMA, "sections": sections}
        file = given.weights / EVALUATION_FILE
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    card = load_model_card(given.weights)
    if not card.current:
        print("Some figures are of other networks than these; measure again.", file=sys.stderr)
    text = page(given.weights)
    if given.check:
        in_step = given.page.is_file() and given.page.read_text(encoding="utf-8") == text
        if not in_step:
            print(f"{given.page} is not in step; run `make card`.", file=sys.stderr)
        return int(not (in_step and card.current))
    given.page.write_text(text, encoding="utf-8")
    return 0


def page(weights: Path = WEIGHTS) -> str:
    """The page of the documentation."""
    return _HEAD + load_model_card(weights).to_markdown()


def read_result(path: Path, title: str | None = None) -> list[dict[str, Any]]:
    """The measured sets of a result, each with the model that was measured.

    Parameters
    ----------
    path : Path
    title : str, optional
        Of a set that an evaluation measured; by default its name.

    Raises
    ------
    ValueError
        If the file is neither of the two forms.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(content, dict) and "sections" in content and "facts" in content:
        facts = content["facts"]
        shared = {key: facts[key] for key in _SHARED if key in facts}
        model = facts.get("model sha256", "unknown")
        return [
            {**section, "model": model, "facts": {**section["facts"], **shared}}
            for section in content["sections"]
        ]
    if isinstance(content, dict) and {"set", "model", "figures"} <= set(content):
        return [_evaluated(content, title)]
    raise ValueError(
        f"{path} is neither what `python bench/accuracy.py --json` prints nor an evaluation.json."
    )


def _evaluated(content: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    figures = []
    for group, before in _GROUPS.items():
        for key, measured in content["figures"].get(group, {}).items():
            if measured["value"] is None:
                continue
            low, high = measured["interval"] or (None, None)
            figures.append(
                {
                    "name": before + key.replace("_", " "),
                    "value": measured["value"],
                    "low": low,
                    "high": high,
                    "n": measured["n"],
                    "method": measured["interval_method"],
                }
            )
    counts = content.get("counts", {})
    facts = {key.replace("_", " "): value for key, value in counts.items()}
    simulated = content["set"].get("simulated")
    return {
        "title": title or f"Set {content['set']['name']}",
        "facts": {**facts, "site": content["site"]},
        "remarks": ["Simulated films: no clinical figures."] if simulated else [],
        "figures": figures,
        "model": content["model"]["sha256"],
    }


if __name__ == "__main__":
    sys.exit(main())
