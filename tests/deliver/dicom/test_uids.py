from dataclasses import replace

import pytest
from pydicom.uid import UID

from spondyl.deliver.dicom.uids import (
    Result,
    derived_uid,
    device_uid,
    instance_uid,
    series_uid,
    tracking_uid,
)
from spondyl.read.model import ModelIdentity


def test_derived_uids_are_uuids_of_version_8():
    for word in ("a", "b", "ü", ""):
        uid = UID(derived_uid(word))
        assert uid.is_valid
        assert len(uid) <= 64
        number = int(uid.removeprefix("2.25."))
        assert number >> 76 & 0xF == 8
        assert number >> 62 & 0x3 == 2


def test_a_derived_uid_never_changes():
    assert derived_uid("spondyl") == "2.25.225552780186357404149196604704201814460"


def test_words_are_not_run_together():
    assert derived_uid("ab", "c") != derived_uid("a", "bc")


def test_the_same_reading_has_the_same_uids_and_each_result_its_own(reading):
    again = replace(reading, warnings=("Another day.",))
    uids = [make(reading, "1.2", kind) for make in (instance_uid, series_uid) for kind in Result]
    assert len(set(uids)) == 2 * len(Result)
    assert uids == [
        make(again, "1.2", kind) for make in (instance_uid, series_uid) for kind in Result
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"model": ModelIdentity("spondyl", "1", "e" * 64)},
        {"site_sha256": "7" * 64},
        {"threshold": 0.51},
        {"site": "hospital"},
    ],
)
def test_another_network_or_site_has_others(reading, change):
    assert instance_uid(replace(reading, **change), "1.2", Result.REPORT) != instance_uid(
        reading, "1.2", Result.REPORT
    )


def test_another_film_has_others(reading):
    assert tracking_uid(reading, "1.2", "L1") != tracking_uid(reading, "1.3", "L1")
    assert tracking_uid(reading, "1.2", "L1") != tracking_uid(reading, "1.2", "L2")


def test_the_device_is_the_networks(reading):
    other = replace(reading.model, sha256="e" * 64)
    assert device_uid(reading.model) != device_uid(other)
