import json

import pytest


@pytest.fixture
def films(tmp_path, make_film):
    make_film(tmp_path / "in" / "a.png")
    make_film(tmp_path / "in" / "sub" / "b.png")
    return tmp_path / "in"


def test_table_names_film_levels_and_fracture(spondyl, films):
    said = spondyl("read", films)
    assert said.code == 0
    assert "a.png" in said.out
    assert "sub/b.png" in said.out
    assert "L1-L2, L4" in said.out
    assert "L2 87 % (wedge, grade 2, 31 % lost)" in said.out
    assert "93 %" in said.out
    assert "not a medical device" in said.out
    assert said.err == ""


def test_json_lines_and_nothing_else(spondyl, films, make_film):
    make_film(films / "bad.png")
    said = spondyl("read", films, "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["schema"] for line in lines] == ["spondyl.reading/1"] * 2
    assert lines[0]["film"]["path"].endswith("a.png")
    assert said.code == 1
    assert "bad.png: This is a photograph." in said.err


def test_out_keeps_the_tree(spondyl, films, tmp_path):
    said = spondyl("read", films, "--out", tmp_path / "out")
    assert said.code == 0
    written = sorted(
        p.relative_to(tmp_path / "out").as_posix()
        for p in (tmp_path / "out").rglob("*.*")
        if p.is_file()
    )
    assert written == [
        "a.png/overlay.png", "a.png/reading.json",
        "sub/b.png/overlay.png", "sub/b.png/reading.json",
    ]  # fmt: skip
    content = json.loads((tmp_path / "out" / "a.png" / "reading.json").read_text())
    assert content["vertebrae"][1]["fractured"] is True


def test_results_are_not_read_as_films(spondyl, films):
    spondyl("read", films, "--out", films / "out")
    said = spondyl("read", films, "--json")
    assert len(said.out.splitlines()) == 2


def test_formats_choose_the_files(spondyl, films, tmp_path):
    spondyl("read", films / "a.png", "--out", tmp_path / "out", "--formats", "json")
    assert [p.name for p in (tmp_path / "out" / "a.png").iterdir()] == ["reading.json"]


@pytest.mark.parametrize("broken", ["bad.png", "crash.png"])
def test_some_failed(spondyl, films, make_film, broken):
    make_film(films / broken)
    said = spondyl("read", films)
    assert said.code == 1
    assert broken in said.err
    assert "Traceback" not in said.err
    assert "a.png" in said.out


def test_missing_file_is_named(spondyl, films, tmp_path):
    said = spondyl("read", films / "a.png", tmp_path / "gone.dcm")
    assert said.code == 1
    assert "gone.dcm" in said.err


def test_nothing_could_be_read(spondyl, tmp_path, make_film):
    make_film(tmp_path / "bad.png")
    assert spondyl("read", tmp_path / "bad.png").code == 3


def test_empty_folder(spondyl, tmp_path):
    said = spondyl("read", tmp_path)
    assert said.code == 3
    assert "No film lies in" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--formats", "json"), "--out DIR"),
        (("--out", "OUT", "--formats", "gif"), "gif"),
        (("--site", "nowhere"), "nowhere"),
        (("--threads", "-1"), "threads"),
        (("--colour",), "colour"),
    ],
)
def test_wrong_use(spondyl, films, tmp_path, arguments, words):
    arguments = [tmp_path / "out" if word == "OUT" else word for word in arguments]
    said = spondyl("read", films, *arguments)
    assert said.code == 2
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_without_a_path(spondyl):
    assert spondyl("read").code == 2


def test_out_among_the_films_is_refused(spondyl, films):
    said = spondyl("read", films, "--out", films)
    assert said.code == 2
    assert "name another folder" in said.err
    assert (films / "a.png").is_file()


def test_site_threads_and_weights_reach_the_reader(spondyl, films, fake_reader):
    spondyl("read", films, "--site", "hospital", "--threads", "3", "--weights", films)
    made = fake_reader.made
    assert [(r.site.name, r.threads, r.weights) for r in made] == [("hospital", 3, films)]


def test_missing_weights_end_the_run_with_one_sentence(spondyl, films, monkeypatch, fake_reader):
    from spondyl.read.weights import WeightsError

    def read(self, path):
        raise WeightsError("The finder network is missing. Install spondyl anew.")

    monkeypatch.setattr(fake_reader, "read", read)
    said = spondyl("read", films)
    assert said.code == 3
    assert said.err == "spondyl: The finder network is missing. Install spondyl anew.\n"


def test_markup_in_a_name_is_text(spondyl, tmp_path, make_film):
    film = make_film(tmp_path / "[bold]x.png")
    assert "[bold]x.png" in spondyl("read", film).out
