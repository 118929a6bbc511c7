import pytest

from spondyl.evaluate.sample_size import AucVariance, cases_for_auc, pairs_for_mcnemar
from spondyl.evaluate.statistics import wilson
from spondyl.evaluate.validation_plan import Expected, Setting, plan_validation


class TestPlan:
    def test_buderers_two_numbers(self):
        # z^2 p (1 - p) / L^2, by the share of films that are of the kind, rounded up
        plan = plan_validation(Expected(sensitivity=0.9, specificity=0.85), Setting(0.2), 0.1)
        sensitivity, specificity = plan.needs
        assert (sensitivity.cases, sensitivity.films) == (35, 175)
        assert (specificity.cases, specificity.films) == (49, 62)
        assert plan.films == 175
        assert plan.deciding is sensitivity
        assert (sensitivity.low, sensitivity.high) == pytest.approx(wilson(0.9 * 35, 35))

    def test_bodies_of_a_film_count_less(self):
        expected = Expected(body_sensitivity=0.9, body_specificity=0.95)
        alone = plan_validation(expected, Setting(body_correlation=0.0)).needs
        together = plan_validation(expected, Setting(body_correlation=0.3)).needs
        for one, other in zip(alone, together, strict=True):
            assert other.cases > one.cases
            assert other.films >= one.films
            # worth as much: the interval is nearly the same
            assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=0.004)
        assert together[0].design_effect == pytest.approx(1.09)
        assert together[1].design_effect == pytest.approx(1 + 0.3 * (7 - 0.65 - 1))

    def test_fractured_bodies_per_film(self):
        need = plan_validation(
            Expected(body_sensitivity=0.9), Setting(0.5, fractured_bodies=2, body_correlation=0)
        ).needs[0]
        assert (need.cases, need.films) == (139, 139)

    def test_lost_films_are_gathered_in_addition(self):
        expected = Expected(level_success=0.9)
        assert plan_validation(expected, Setting(lost=0.0)).films == 139
        assert plan_validation(expected, Setting(lost=0.5)).films == 278

    def test_aucs(self):
        plan = plan_validation(Expected(auc=0.9), auc_half_width=0.04)
        assert plan.films == cases_for_auc(0.9, 0.04, 0.5)
        other = plan_validation(
            Expected(auc=0.9), auc_half_width=0.04, variance=AucVariance.EXPONENTIAL
        )
        assert other.needs[0].source == "Hanley and McNeil 1982"
        assert other.films == cases_for_auc(0.9, 0.04, 0.5, variance=AucVariance.EXPONENTIAL)

    def test_two_readers(self):
        plan = plan_validation(
            Expected(sensitivity=0.95, other_sensitivity=0.85, discordant=0.15), Setting(0.25)
        )
        need = plan.needs[-1]
        assert need.cases == pairs_for_mcnemar(0.10, 0.15)
        assert need.films == 4 * need.cases
        assert need.aim == "apart from 0.85, power 0.8"

    def test_at_another_confidence_no_interval_is_claimed(self):
        need = plan_validation(Expected(sensitivity=0.9), Setting(confidence=0.9)).needs[0]
        assert need.low is None
        assert need.cases < 139


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plan_validation(Expected()), "at least one expected figure"),
        (lambda: plan_validation(Expected(other_auc=0.9)), "second AUC needs a first"),
        (
            lambda: plan_validation(Expected(other_sensitivity=0.9)),
            "second sensitivity needs a first",
        ),
        (lambda: Setting(prevalence=0), "prevalence must lie above 0 and below 1, found 0"),
        (lambda: Setting(lost=1), "share of lost films"),
        (lambda: Setting(fractured_bodies=9), "between 1 and the bodies of a film, found 9 of 7"),
        (lambda: Setting(power=1), "power must lie"),
    ],
)
def test_says_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
