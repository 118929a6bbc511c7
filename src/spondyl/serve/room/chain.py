"""Decisions on a film as a chain: each names the one that its reader had seen."""

from collections.abc import Sequence

from spondyl.serve.store.tables import Decision, DecisionKind


def in_order(decisions: Sequence[Decision]) -> list[Decision]:
    """One chain's decisions from the first to the newest, whatever their clocks say."""
    child = {decision.parent_id: decision for decision in decisions}
    ordered: list[Decision] = []
    following = child.get(None)
    while following is not None and len(ordered) < len(decisions):
        ordered.append(following)
        following = child.get(following.id)
    return ordered


def head_of(decisions: Sequence[Decision]) -> Decision | None:
    """The newest one."""
    ordered = in_order(decisions)
    return ordered[-1] if ordered else None


def stack_of(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that were not undone, in order: each undo takes back the newest of them."""
    stack: list[Decision] = []
    for decision in in_order(decisions):
        if decision.kind is not DecisionKind.UNDO:
            stack.append(decision)
        elif stack:
            stack.pop()
    return stack


def standing(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that stands; None where there is none or all were undone."""
    stack = stack_of(decisions)
    return stack[-1] if stack else None
