import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.cli.tables import fracture_words, levels_seen, numbering_words, reading_row
from spondyl.film import Film
from spondyl.read.model import Numbering
from tests.cli.conftest import made_finding, made_reading

FILM = Film(np.zeros((200, 150), np.float32))


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ((), "none"),
        ((Level.L3,), "L3"),
        ((Level.T11, Level.T12, Level.L1), "T11-L1"),
        ((Level.T12, Level.L2, Level.L3), "T12, L2-L3"),
        ((Level.L4, Level.L5, Level.S1), "L4-S1"),
        ((Level.L5, Level.L6, Level.S1), "L5-S1"),
    ],
)
def test_levels_seen(levels, words):
    assert levels_seen([made_finding(level, i) for i, level in enumerate(levels)]) == words


def test_fracture_words():
    assert fracture_words(made_finding(Level.L1, 0, True)) == "L1 87 % (wedge, grade 2, 31 % lost)"


@pytest.mark.parametrize(
    ("numbering", "words"),
    [
        (Numbering(0.93, "", 1), "93 %"),
        (Numbering(0.5, "", 1), "50 %, or one lower"),
        (Numbering(0.5, "", -1), "50 %, or one higher"),
        (Numbering(0.5, "", 0), "50 %"),
    ],
)
def test_numbering_words(numbering, words):
    assert numbering_words(made_reading(FILM, numbering=numbering)) == words


def test_not_assessable_is_said_with_its_reasons():
    reading = made_reading(
        FILM, levels=(), assessable=False, reasons=("No column of bodies was found.",)
    )
    row = reading_row("x", reading)
    assert "not assessable" in row
    assert row[-1] == "No column of bodies was found."
