"""Evaluation: readings held against labels, figures with intervals, a page of them."""

from spondyl.evaluate.match import judge_film, match_findings
from spondyl.evaluate.metrics import Evaluation, summarise
from spondyl.evaluate.outcome import BodyOutcome, FilmCall, FilmOutcome
from spondyl.evaluate.run import EvaluationRun, evaluate
from spondyl.evaluate.statistics import Figure, auc, wilson

__all__ = [
    "BodyOutcome",
    "Evaluation",
    "EvaluationRun",
    "Figure",
    "FilmCall",
    "FilmOutcome",
    "auc",
    "evaluate",
    "judge_film",
    "match_findings",
    "summarise",
    "wilson",
]
