import pytest

from spondyl.serve.dicom.allow import AllowList
from spondyl.serve.dicom.settings import Caller


@pytest.mark.parametrize(
    ("title", "address", "allowed"),
    [
        ("CT1", "10.0.0.7", True),
        ("CT1 ", "10.0.0.7", True),
        ("CT1", "::ffff:10.0.0.7", True),
        ("CT1", "10.0.1.7", False),
        ("CT2", "10.0.0.7", False),
        ("ANY", "192.168.1.1", True),
        ("ROAMING", "8.8.8.8", True),
        ("ANY", "nonsense", False),
    ],
)
def test_titles_and_networks(title: str, address: str, allowed: bool) -> None:
    callers = [
        Caller(ae_title="CT1", address="10.0.0.0/24"),
        Caller(address="192.168.1.1"),
        Caller(ae_title="ROAMING"),
    ]
    assert AllowList(callers).caller(title, address) is allowed
    assert AllowList(callers[:2]).address("8.8.8.8") is False
