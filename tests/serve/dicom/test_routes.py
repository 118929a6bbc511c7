from spondyl.serve.dicom.model import Arrival, Origin
from spondyl.serve.dicom.routes import Verdict, parcels_of, results_needed
from spondyl.serve.dicom.settings import Route

FILM = Arrival("1.2", "1.3", "1.4", Origin.DICOM, "CT1")
WELL = Verdict(fractured=False, assessable=True)
BROKEN = Verdict(fractured=True, assessable=True)


def test_all_routes_that_fit_are_followed_and_nothing_goes_twice() -> None:
    routes = [
        Route(to=("pacs",), results=("sr", "sc")),
        Route(to=("pacs", "list"), results=("sr",), fractured=True),
    ]
    assert parcels_of(routes, FILM, WELL) == (("pacs", "sr"), ("pacs", "sc"))
    assert parcels_of(routes, FILM, BROKEN) == (("pacs", "sr"), ("pacs", "sc"), ("list", "sr"))


def test_callers_and_origins() -> None:
    other = Route(to=("pacs",), callers=("CT2",))
    folder = Route(to=("pacs",), origins=(Origin.FOLDER,), results=("gsps",))
    assert parcels_of([other, folder], FILM, WELL) == ()
    assert results_needed([other, folder], FILM) == ()
    from_folder = Arrival("1.2", "1.3", "1.4", Origin.FOLDER, "scans")
    assert results_needed([other, folder], from_folder) == ("gsps",)


def test_what_a_film_may_need_is_known_before_it_is_read() -> None:
    routes = [
        Route(to=("pacs",), results=("sc",), assessable=True),
        Route(to=("pacs",), results=("sr", "sc"), assessable=False),
    ]
    assert results_needed(routes, FILM) == ("sc", "sr")
