"""What holds of every format: nothing is lost there and back, and bad files are named."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from spondyl.labels.formats import FORMATS, FormatError, LabelSet, ReadOptions, format_named
from tests.labels.formats.made_labels import SIZE_PX, assert_same, label_sets, spine

NAMES = sorted(FORMATS)


def there_and_back(labels, name, folder):
    entry = FORMATS[name]
    sizes = {film.name: film.size_px for film in labels.films}
    files = entry.write(labels, folder)
    assert all(file.is_file() for file in files)
    return entry.read(folder, ReadOptions(size_of=sizes.get)), files


@pytest.mark.parametrize("name", NAMES)
@given(labels=label_sets())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_there_and_back(tmp_path_factory, name, labels):
    back, _ = there_and_back(labels, name, tmp_path_factory.mktemp("set"))
    assert {film.name for film in back.films} == {film.name for film in labels.films}
    found = {film.name: film for film in back.films}
    for film in labels.films:
        assert_same(film, found[film.name])
    assert back.note == labels.note
    assert dict(back.extra) == dict(labels.extra)
    assert back.remarks == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_second_export_is_the_first(tmp_path, name):
    labels = LabelSet((spine("right"),), "A note.", {"info": 1})
    back, files = there_and_back(labels, name, tmp_path / "one")
    again = FORMATS[name].write(LabelSet(back.films, back.note, back.extra), tmp_path / "two")
    assert [f.name for f in files] == [f.name for f in again]
    for first, second in zip(files, again, strict=True):
        assert first.read_text() == second.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_no_half_file_is_left(tmp_path, name):
    there_and_back(LabelSet((spine(),)), name, tmp_path)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_short_is_named(tmp_path, name):
    _, files = there_and_back(LabelSet((spine(),)), name, tmp_path)
    text = files[0].read_text()
    files[0].write_text(text[: int(0.6 * len(text))].rsplit(",", 1)[0])
    with pytest.raises(FormatError, match=files[0].name):
        FORMATS[name].read(tmp_path, ReadOptions(size_of=lambda _: SIZE_PX))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"buu"}))
@pytest.mark.parametrize("content", ["", "[]", "{}", "7", '"text"', "<a/>"])
def test_other_content_is_a_sentence(tmp_path, name, content):
    file = tmp_path / ("a.xml" if name == "cvat" else "a.json")
    file.write_text(content)
    if (name == "via" and content == "{}") or (name == "labelstudio" and content == "[]"):
        assert FORMATS[name].read(file, ReadOptions()).films == ()
        return
    with pytest.raises(FormatError, match=file.name):
        FORMATS[name].read(file, ReadOptions())


@pytest.mark.parametrize("name", NAMES)
def test_missing_file(tmp_path, name):
    with pytest.raises((OSError, FormatError)):
        FORMATS[name].read(tmp_path / "no.json", ReadOptions())


def test_unknown_format():
    with pytest.raises(ValueError, match=r"'tiff'.*coco"):
        format_named("tiff")


def test_entries_are_named_as_they_are_listed():
    assert all(entry.name == name for name, entry in FORMATS.items())
    assert json.dumps([entry.title for entry in FORMATS.values()])
