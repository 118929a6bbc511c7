"""Plain text, spelling, sections, sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.labels.reports.sections import Part, find_sections
from spondyl.labels.reports.sentences import split_sentences
from spondyl.labels.reports.spelling import corrected
from spondyl.labels.reports.text import make_plain


@given(st.text(max_size=120))
def test_every_character_comes_from_somewhere(text):
    plain = make_plain(text)
    assert len(plain.origins) == len(plain.plain)
    assert all(a <= b for a, b in zip(plain.origins, plain.origins[1:], strict=False))
    if text:
        assert plain.span(0, len(plain.plain)) == (0, len(text))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("comprsion", "compression"), ("fracutre", "fracture"), ("vertrebal", "vertebral"),
        ("kyphoplsty", "kyphoplasty"), ("lumber", "lumbar"), ("hieght", "height"),
        ("impression", "impression"), ("weight", "weight"), ("progression", "progression"),
        ("possibly", "possibly"), ("depression", "depression"), ("osteopenic", "osteopenic"),
    ],
)  # fmt: skip
def test_spelling(wrong, right):
    assert corrected(wrong) == right


def parts(text):
    return [(s.part, text[s.start : s.end].strip()) for s in find_sections(text)]


def test_sections_of_a_structured_report():
    text = "HISTORY: Fall.\nCOMPARISON: None.\nFINDINGS: L1.\nIMPRESSION:\n1. L2."
    assert parts(text) == [
        (Part.CONTEXT, "Fall."), (Part.CONTEXT, "None."), (Part.FINDINGS, "L1."),
        (Part.IMPRESSION, "1. L2."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "context", "findings"),
    [
        ("Hx: ?L1 fracture. L2 wedge.", "?L1 fracture.", "L2 wedge."),
        ("Clinical details: L1 pain\n\nL2 wedge. L3 normal.", "L1 pain", "L2 wedge. L3 normal."),
        ("Indication: L1 pain\nL2 wedge.", "L1 pain", "L2 wedge."),
    ],
)
def test_history_without_a_heading_behind_it_ends(text, context, findings):
    assert parts(text) == [(Part.CONTEXT, context), (Part.FINDINGS, findings)]


def test_a_report_without_headings_is_findings():
    assert parts("L1 wedge. L2 normal.") == [(Part.FINDINGS, "L1 wedge. L2 normal.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No ant. wedging. L1 ok.", ["No ant. wedging.", "L1 ok."]),
        ("approx. 1.5 cm. Next.", ["approx. 1.5 cm.", "Next."]),
        ("comp fx. of L1. Old", ["comp fx. of L1.", "Old"]),
        ("?# L1. None", ["?# L1.", "None"]),
        ("1. L1 fx\n2. L2 fx", ["L1 fx", "L2 fx"]),
        ("- a\n- b", ["a", "b"]),
        ("T11: No\nT12: Yes", ["T11: No", "T12: Yes"]),
        ("fracture of L1.no other", ["fracture of L1.no other"]),
        ("body intact.no other", ["body intact.", "no other"]),
    ],
)
def test_sentences(text, expected):
    assert [text[a:b] for a, b in split_sentences(text, 0, len(text))] == expected


def test_a_wrapped_line_goes_on():
    text = (
        "There is a compression fracture of the vertebral body of the first\n"
        "lumbar vertebra, and the others are intact, as far as can be seen\n"
        "here.\nNew line."
    )
    sentences = [text[a:b] for a, b in split_sentences(text, 0, len(text))]
    assert len(sentences) == 2
    assert sentences[1] == "New line."
