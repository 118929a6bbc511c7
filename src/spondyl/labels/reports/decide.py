"""From the statements of a report to one status a level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level, Status
from spondyl.labels.reports.sections import Part
from spondyl.labels.reports.statements import Claim, Statement

_CERTAIN_FIRST = (Claim.FRACTURED, Claim.SUSPECTED, Claim.UNSEEN, Claim.NORMAL, Claim.BENIGN)


@dataclass(frozen=True)
class LevelLabel:
    """What a report says of one level.

    Attributes
    ----------
    level : Level
    status : Status
    suspected : bool
        The report thinks of a fracture and is not sure; the status is unknown.
    old, treated : bool
    statement : Statement or None
        The words that the status rests on.
    doubts : tuple of str
        Why a reader should look again; empty where the words are plain.
    """

    level: Level
    status: Status
    suspected: bool = False
    old: bool = False
    treated: bool = False
    statement: Statement | None = None
    doubts: tuple[str, ...] = ()


def decide(statements: Sequence[Statement]) -> Mapping[Level, LevelLabel]:
    """One label for each level that is judged, and for others that the report names.

    A level's own words go before general ones, the impression's before the findings', a fracture
    before a suspicion. A denial in the impression settles what the findings only suspect or call
    a changed shape. Denials settle the levels in their region that nothing else names, unless
    the report tells of fractures without saying where.
    """
    named = {level for st in statements for level in st.levels}
    labels = {}
    for level in sorted(named | set(JUDGED_LEVELS), key=lambda item: LEVELS[item].order):
        label = _decide_level(level, statements)
        told = label.status is not Status.UNKNOWN or label.suspected
        if level in JUDGED_LEVELS or (told and _own(level, statements)):
            labels[level] = label
    return labels


def _own(level: Level, statements: Sequence[Statement]) -> list[Statement]:
    return [
        st for st in statements
        if level in st.levels and st.claim not in (Claim.DENIED, Claim.SOMEWHERE)
    ]  # fmt: skip


def _decide_level(level: Level, statements: Sequence[Statement]) -> LevelLabel:
    own = _own(level, statements)
    denials = [st for st in statements if st.claim is Claim.DENIED and level in st.levels]
    if own:
        label = _from_own(level, own, denials)
        if label is not None:
            return label
    return _from_general(level, statements, denials, bool(own))


def _from_own(
    level: Level, own: Sequence[Statement], denials: Sequence[Statement]
) -> LevelLabel | None:
    # Advice ("MRI to exclude fracture of L1") never takes a finding back.
    top = max(st.part for st in own)
    best = [st for st in own if st.part == top]
    if top is Part.IMPRESSION and all(st.claim is Claim.BENIGN for st in best):
        best = list(own)
    claims = {st.claim for st in best}
    claim = next(c for c in _CERTAIN_FIRST if c in claims)
    if claim is Claim.FRACTURED and not any(st.strong for st in best if st.claim is claim):
        # "Wedging of L1. A fracture cannot be excluded.": the fracture's own words decide.
        firm = [st for st in best if st.strong and st.claim in (Claim.SUSPECTED, Claim.NORMAL)]
        claim = firm[-1].claim if firm else claim
    chosen = max((st for st in best if st.claim is claim), key=lambda st: st.strong)
    doubts: list[str] = []
    if len(claims & {Claim.FRACTURED, Claim.NORMAL}) == 2:
        doubts.append("called fractured and normal")
    if {st.claim for st in own} - claims:
        doubts.append("findings and impression differ")
    final = [st for st in denials if st.part > chosen.part or st.part is Part.ADDENDUM]
    final = [st for st in final if not st.others]
    plain = [st for st in final if not st.qualified]
    if claim is Claim.FRACTURED and not chosen.strong:
        if any(st.strong for st in plain) and not any(
            st.strong for st in own if st.claim is Claim.FRACTURED
        ):
            denied = ("the impression denies what the findings describe",)
            return LevelLabel(level, Status.NORMAL, statement=plain[0], doubts=denied)
        doubts.append("a changed shape, not called a fracture")
    overruled = [st for st in plain if st.strong]
    if claim is Claim.FRACTURED and overruled and not any(st.old or st.treated for st in own):
        denied = ("fracture in the findings, denied in the impression",)
        return LevelLabel(level, Status.NORMAL, statement=overruled[0], doubts=denied)
    if claim is Claim.SUSPECTED and not final:
        # "?# L1. No fracture seen.": asked, then answered.
        final = [
            st for st in denials
            if st.part is chosen.part and st.start > chosen.end and st.strong
            and not st.others and not st.qualified
        ]  # fmt: skip
    if claim is Claim.SUSPECTED and final:
        return LevelLabel(level, Status.NORMAL, statement=final[0],
                          doubts=("suspected, then denied",))  # fmt: skip
    if claim is Claim.FRACTURED and plain:
        doubts.append("fracture in the findings, denied in the impression")
    if claim is Claim.BENIGN:
        return None
    if claim is Claim.UNSEEN:
        return LevelLabel(level, Status.UNKNOWN, statement=chosen)
    if claim is Claim.SUSPECTED:
        return LevelLabel(level, Status.UNKNOWN, suspected=True, statement=chosen,
                          doubts=("suspected", *doubts))  # fmt: skip
    if claim is Claim.NORMAL:
        return LevelLabel(level, Status.NORMAL, statement=chosen, doubts=tuple(doubts))
    fractured = [st for st in own if st.claim is Claim.FRACTURED]
    return LevelLabel(
        level, Status.FRACTURED,
        old=any(st.old for st in fractured), treated=any(st.treated for st in fractured),
        statement=chosen, doubts=tuple(doubts),
    )  # fmt: skip


def _from_general(
    level: Level, statements: Sequence[Statement], denials: Sequence[Statement], explained: bool
) -> LevelLabel:
    somewhere = [st for st in statements if st.claim is Claim.SOMEWHERE and level in st.levels]
    located = {lv for st in statements if st.claim is Claim.FRACTURED for lv in st.levels}
    open_ones = [st for st in somewhere if st.partial or not any(lv in located for lv in st.levels)]
    if denials and not open_ones:
        best = max(denials, key=lambda st: (not st.qualified, st.part))
        doubts = ("only what is acute or new is denied",) if all(
            st.qualified and not st.others for st in denials
        ) and not located else ()  # fmt: skip
        if explained:
            doubts = (*doubts, "a changed shape, explained without fracture")
        return LevelLabel(level, Status.NORMAL, statement=best, doubts=doubts)
    if open_ones:
        return LevelLabel(level, Status.UNKNOWN, statement=open_ones[0],
                          doubts=("a fracture without its level",))  # fmt: skip
    return LevelLabel(level, Status.UNKNOWN)
