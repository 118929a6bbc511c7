from spondyl.serve.dicom.limits import InFlight, Rate
from tests.serve.dicom.clocks import HandClock


def test_one_message_may_have_so_many_bytes() -> None:
    flight = InFlight(100, 1000, 60, HandClock())
    assert flight.add(1, 100) is None
    assert flight.add(1, 1) == "object_too_large"
    flight.done(1)
    assert flight.add(1, 100) is None


def test_all_messages_together_may_have_so_many_bytes() -> None:
    flight = InFlight(100, 150, 60, HandClock())
    assert flight.add(1, 100) is None
    assert flight.add(2, 51) == "too_much_in_flight"


def test_a_message_may_take_so_long() -> None:
    clock = HandClock()
    flight = InFlight(100, 1000, 60, clock)
    flight.opened(1)
    flight.add(2, 1)
    clock.seconds += 61
    assert flight.late() == [1, 2]
    assert flight.add(2, 1) == "too_slow"


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    clock = HandClock()
    rate = Rate(6, clock)
    assert [rate.allow("A") for _ in range(7)] == [True] * 6 + [False]
    assert rate.allow("B")
    clock.seconds += 10
    assert [rate.allow("A") for _ in range(2)] == [True, False]
    assert all(Rate(None, clock).allow("A") for _ in range(1000))
