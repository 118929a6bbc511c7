from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from spondyl.serve.dicom.backoff import Backoff, wait_s
from spondyl.serve.dicom.settings import RetrySettings
from tests.serve.dicom.clocks import HandClock

PLAIN = RetrySettings(first_s=5, factor=2, longest_s=600, jitter=0)


def test_waits_double_up_to_the_longest() -> None:
    assert [wait_s(PLAIN, n, 0.5) for n in (1, 2, 3, 8, 9)] == [5, 10, 20, 600, 600]


@given(failures=st.integers(1, 10_000), draw=st.floats(0, 1))
def test_jitter_spreads_and_stays_in_bounds(failures: int, draw: float) -> None:
    jittered = RetrySettings(first_s=5, factor=2, longest_s=600, jitter=0.2)
    middle = wait_s(PLAIN, failures, draw)
    assert 0.8 * middle <= wait_s(jittered, failures, draw) <= 1.2 * middle + 1e-9


def test_no_jump_of_the_wall_clock_changes_a_wait() -> None:
    clock = HandClock()
    backoff = Backoff(PLAIN, clock)
    assert backoff.left_s() == 0
    assert backoff.failed() == 5
    for jump in (timedelta(days=400), timedelta(days=-400)):
        clock.jump = jump
        assert backoff.left_s() == 5
    clock.seconds += 5
    assert backoff.left_s() == 0
    assert backoff.failed() == 10
    backoff.worked()
    assert (backoff.left_s(), backoff.failures) == (0, 0)
