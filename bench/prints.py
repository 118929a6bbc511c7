"""How alike are prints of different films, and of one film that was changed? Tells the threshold.

Films of a data set (or of several) are compared with one another, and each with changed copies of
itself: compressed, shrunk, darkened, windowed, inverted, mirrored, noisy, cropped.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/prints.py` finds `bench`

from spondyl.film import load_film
from spondyl.labels import load_dataset
from spondyl.labels.prints import SAME_FROM, Print, picture_print, same_pictures

_Picture = NDArray[np.float32]
_LONG_SIDE_PX = 600


def _eight_bits(film: _Picture) -> NDArray[np.uint8]:
    return np.round(255 * film).astype(np.uint8)


def _jpeg(film: _Picture) -> _Picture:
    _, code = cv2.imencode(".jpg", _eight_bits(film), [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), dtype=np.float32)


def _cropped(share: float) -> Callable[[_Picture], _Picture]:
    return lambda film: film[round(share * film.shape[0]) :, round(share * film.shape[1]) :]


#: What is done to a film, grey values 0..1.
CHANGES: dict[str, Callable[[_Picture], _Picture]] = {
    "JPEG of quality 40": _jpeg,
    "37 % of the size": lambda f: cv2.resize(
        f, None, fx=0.37, fy=0.37, interpolation=cv2.INTER_AREA
    ),
    "gamma 0.5": lambda f: f**0.5,
    "window 0.2 to 0.7": lambda f: np.clip((f - 0.2) / 0.5, 0, 1),
    "negative": lambda f: 1 - f,
    "mirrored": lambda f: f[:, ::-1],
    "noise of 5 %": lambda f: (
        f + np.random.default_rng(0).normal(0, 0.05, f.shape).astype(np.float32)
    ),
    "cropped by 1 %": _cropped(0.01),
    "cropped by 2 %": _cropped(0.02),
    "local contrast": lambda f: cv2.createCLAHE(3, (8, 8)).apply(_eight_bits(f)).astype(np.float32),
}


def measure(films: Sequence[_Picture]) -> dict[str, object]:
    """Likeness of different films (the largest), and of each film to its changed copies.

    Parameters
    ----------
    films : sequence of ndarray
        Grey values 0..1, each of another exposure.
    """
    prints = [picture_print(film) for film in films]
    others = sorted((pair[2] for pair in same_pictures(prints, 0.0)), reverse=True)
    changed = {}
    for name, change in CHANGES.items():
        alike = [
            _alike(one, picture_print(change(film)))
            for one, film in zip(prints, films, strict=True)
        ]
        changed[name] = {
            "least": round(min(alike), 3),
            "found": round(float(np.mean(np.array(alike) >= SAME_FROM)), 4),
        }
    return {
        "films": len(films),
        "pairs": len(others),
        "same_from": SAME_FROM,
        "different_most": round(others[0], 3) if others else None,
        "different_called_same": sum(value >= SAME_FROM for value in others),
        "changed": changed,
    }


def _alike(one: Print, other: Print) -> float:
    return same_pictures([one, other], 0.0)[0][2]


def _films(path: Path, count: int) -> list[_Picture]:
    data = load_dataset(path)
    films = []
    for film in data.films[:count]:
        pixels = load_film(data.path(film)).pixels
        factor = min(1.0, _LONG_SIDE_PX / max(pixels.shape))
        small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        low, high = float(small.min()), float(small.max())
        films.append(((small - low) / max(high - low, 1e-6)).astype(np.float32))
    return films


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench prints", description=__doc__)
    parser.add_argument("datasets", nargs="+", type=Path, metavar="DATASET")
    parser.add_argument("--films", type=int, default=250, help="at most, of each set")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    found = measure([film for path in given.datasets for film in _films(path, given.films)])
    if given.json:
        print(json.dumps(found))
        return
    print(f"{found['films']} films; called one picture from a likeness of {SAME_FROM}")
    print(
        f"different films: {found['pairs']} pairs, likeness at most {found['different_most']}, "
        f"{found['different_called_same']} called one picture"
    )
    changed = found["changed"]
    assert isinstance(changed, dict)
    for name, value in changed.items():
        print(f"{name:22} least {value['least']:.2f}, found {100 * value['found']:.1f} %")


if __name__ == "__main__":
    main()
