import numpy as np
import pytest

from spondyl.evaluate.logistic import clustered_covariance, fit_logistic, log_loss, sigmoid


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2))
    return x, rng.random(400) < sigmoid(0.5 + x @ [1.0, -2.0])


def test_agrees_with_scikit_learn(cases):
    from sklearn.linear_model import LogisticRegression

    oracle = LogisticRegression(C=10.0, tol=1e-10, max_iter=1000).fit(*cases)
    fitted = fit_logistic(*cases, ridge=[0.0, 0.1, 0.1])
    assert fitted == pytest.approx([*oracle.intercept_, *oracle.coef_[0]], abs=1e-5)


def test_a_weight_counts_a_case_so_often(cases):
    x, y = cases
    weights = np.arange(400) % 3
    repeated = fit_logistic(np.repeat(x, weights, axis=0), np.repeat(y, weights))
    assert fit_logistic(x, y, weights=weights) == pytest.approx(repeated, abs=1e-8)


def test_an_offset_is_known(cases):
    x, y = cases
    whole = fit_logistic(x, y)
    rest = fit_logistic(x[:, :1], y, offset=whole[2] * x[:, 1])
    assert rest == pytest.approx(whole[:2], abs=1e-6)


def test_a_pull_leads_to_its_aim(cases):
    pulled = fit_logistic(*cases, towards=[1.0, 2.0, 3.0], ridge=1e9)
    assert pulled == pytest.approx([1.0, 2.0, 3.0], abs=1e-4)


def test_parted_classes_have_no_finite_answer():
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    y = np.array([False, False, True, True])
    with pytest.raises(ValueError, match="do not overlap"):
        fit_logistic(x, y)
    assert np.isfinite(fit_logistic(x, y, ridge=0.1)).all()


def test_log_loss_is_the_probability_of_the_truth():
    logits, truths = np.array([0.0, 2.0, -3.0]), np.array([True, False, True])
    p = sigmoid(logits)
    assert log_loss(logits, truths) == pytest.approx(-np.log(np.where(truths, p, 1 - p)))


def test_cases_that_err_together_widen_the_covariance(cases):
    x, y = cases
    fitted = fit_logistic(x, y)
    apart = clustered_covariance(x, y, fitted, range(400))
    twice = clustered_covariance(
        np.tile(x, (2, 1)), np.tile(y, 2), fitted, [*range(400), *range(400)]
    )
    # Every case written down twice tells nothing new.
    assert twice == pytest.approx(apart)
    design = np.column_stack([np.ones(400), x])
    p = sigmoid(design @ fitted)
    model = np.linalg.inv((design * (p * (1 - p))[:, None]).T @ design)
    assert np.diag(apart) == pytest.approx(np.diag(model), rel=0.25)
