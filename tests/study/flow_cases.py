"""A flow of films with every kind of box."""

from spondyl.study.flow.model import Excluded, Flow, Step, Stream

FLOW = Flow((
    Stream(
        "North & co",
        (
            Step("Reports read", 101, unit="reports", excluded=(Excluded("without a film", 3),)),
            Step("Films found", 98, 96, excluded=(Excluded("not lateral", 12), Excluded("<b>", 8))),
            Step("Labelled", 78, 77, detail="30 fractured, 48 normal"),
        ),
        (Step("Training", 50), Step("Validation", 8), Step("Internal test", 20)),
        True,
    ),
    Stream("South", (Step("Labelled, tested", 30, 15),), (), None),
))  # fmt: skip
