from bench.accuracy_warped import kept
from bench.warped import Case, Warped
from spondyl.anatomy import Level, Shape

MADE = Warped(
    (Case("a.png", Level.L1, Shape.WEDGE, 0.25, True, True, True, 0.75),), 1, 2, ("T12: no room",)
)


def test_what_was_measured_is_kept(tmp_path):
    file = tmp_path / "reader" / "a.png.json"
    assert kept(file, lambda: MADE) == MADE

    def never() -> Warped:
        raise AssertionError("measured again")

    again = kept(file, never)
    assert again == MADE
    # members, not their names: shapes are told apart by identity
    assert again.cases[0].shape is Shape.WEDGE
    assert again.cases[0].level is Level.L1
    assert [path.name for path in file.parent.iterdir()] == ["a.png.json"]
