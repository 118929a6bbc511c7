"""Sites come back from their files, and wrong files say why."""

from pathlib import Path

import pytest

from spondyl.read.site import FractureModel, JudgeSettings, Site, SiteError, load_site, save_site


def test_round_trip(tmp_path: Path) -> None:
    site = Site("north", 0.3, FractureModel(1, 2, 3, 4), JudgeSettings(least_bodies=4), "fitted")
    save_site(site, tmp_path / "site.json")
    assert load_site(tmp_path / "site.json") == site


def test_default_site_is_there() -> None:
    assert load_site().name == "default"


@pytest.mark.parametrize(("text", "words"), [
    ("{", "not valid JSON"),
    ("{}", "expected \"schema\""),
    ('{"schema": "spondyl.site/1", "treshold": 0.5}', "unknown keys treshold"),
    ('{"schema": "spondyl.site/1", "fracture": {"slope": 1}}', "unknown keys slope"),
    ('{"schema": "spondyl.site/1", "judge": 3}', "must be an object"),
    ('{"schema": "spondyl.site/1", "threshold": 1.5}', "between 0 and 1"),
])  # fmt: skip
def test_wrong_files(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "site.json").write_text(text)
    with pytest.raises(SiteError, match=words):
        load_site(tmp_path / "site.json")


def test_unknown_site() -> None:
    with pytest.raises(SiteError, match="No site 'mars'"):
        load_site("mars")
    with pytest.raises(SiteError, match="does not exist"):
        load_site("/nowhere/site.json")
