"""Write the golden readings of ``examples/`` again: ``python tests/golden/make.py``.

Run it when shipped weights or the reading itself changed on purpose, and look at the difference.
"""

import json
from pathlib import Path

from spondyl.deliver import reading_to_json
from spondyl.read import Reader

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parents[1] / "examples"
#: What depends on the machine or on the weights' file, not on what was read.
VOLATILE = ("model",)


def golden(path: Path, reader: Reader) -> dict[str, object]:
    """Reading of one example without what may differ between machines."""
    content = reading_to_json(reader.read(path))
    for key in VOLATILE:
        content.pop(key)
    content["film"]["path"] = path.name
    return content


def main() -> None:
    """Read all examples."""
    reader = Reader()
    for path in sorted(EXAMPLES.glob("*.png")):
        text = json.dumps(golden(path, reader), indent=1) + "\n"
        (FOLDER / f"{path.stem}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
