from spondyl.anatomy import Level, Shape
from spondyl.serve.room.drawn import BodyStatus
from spondyl.serve.room.wording import Said, report_in_words


def said(level: Level, status: BodyStatus = BodyStatus.NORMAL, **values: object) -> Said:
    given = {"grade": 0, "shape": Shape.NORMAL, "height_loss": 0.0, "heights_mm": None, **values}
    return Said(level, status, **given)  # type: ignore[arg-type]


def test_nothing_found_is_said_plainly() -> None:
    text = report_in_words([said(Level.L1), said(Level.L2), said(Level.L4)])
    assert text == (
        "Lateral lumbar spine. Vertebral bodies seen: L1 to L2, L4.\n"
        "No vertebral compression fracture."
    )


def test_a_fracture_has_grade_shape_loss_and_millimetres() -> None:
    broken = said(
        Level.T12, BodyStatus.FRACTURED, grade=3, shape=Shape.CRUSH, height_loss=0.482,
        heights_mm=(14.2, 12.9, 20.0),
    )  # fmt: skip
    text = report_in_words([said(Level.L1), broken, said(Level.L2, BodyStatus.UNSURE)])
    assert text.splitlines() == [
        "Lateral lumbar spine. Vertebral bodies seen: T12 to L2.",
        "T12: severe (grade 3) crush compression fracture, height loss 48 % "
        "(anterior 14 mm, middle 13 mm, posterior 20 mm).",
        "No other vertebral compression fracture in the assessable bodies.",
        "Not assessed: L2.",
    ]


def test_the_sacrum_is_not_spoken_of() -> None:
    assert report_in_words([said(Level.S1)]).endswith("No vertebral body was marked.")
