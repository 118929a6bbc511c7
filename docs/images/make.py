"""Make the picture of the README again: ``python docs/images/make.py`` (the plain install does)."""

from pathlib import Path

import cv2

from spondyl.deliver import draw_overlay
from spondyl.read import Reader

FOLDER = Path(__file__).parent
FILM = FOLDER.parents[1] / "examples" / "several-fractures.png"
WIDTH_PX = 900


def main() -> None:
    """Read one simulated film and draw what was found."""
    picture = draw_overlay(Reader().read(FILM))
    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    small = cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(FOLDER / "reading.png"), small)


if __name__ == "__main__":
    main()
