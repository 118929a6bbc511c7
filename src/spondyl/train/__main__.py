"""``python -m spondyl.train CONFIG --out DIR``: train without the main command line."""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Train an experiment, and export it if asked. Returns the exit code (2: wrong use)."""
    parser = argparse.ArgumentParser(prog="python -m spondyl.train", description=main.__doc__)
    parser.add_argument("config", type=Path, help="experiment (YAML)")
    parser.add_argument("--out", type=Path, required=True, help="run folder; resumed if it exists")
    parser.add_argument("--fresh", action="store_true", help="refuse a folder that holds a run")
    parser.add_argument("--export", type=Path, help="write the trained network here (.onnx)")
    given = parser.parse_args(arguments)

    from spondyl.train.config import ConfigError
    from spondyl.train.machine import first_process
    from spondyl.train.run import export, train

    try:
        train(given.config, given.out, resume=not given.fresh)
        if given.export is not None and first_process():
            export(given.out, given.export)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
