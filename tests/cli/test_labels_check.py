import json

import pytest

from spondyl.anatomy import Level
from spondyl.labels import FILE_NAME, load_dataset, save_dataset
from tests.cli.test_labels_formats import write_picture
from tests.labels.formats.made_labels import spine


@pytest.fixture
def many(tmp_path):
    """Ten patients of two films; every second one is fractured."""
    films = []
    for patient in range(10):
        for number in range(2):
            name = f"p{patient}/{number}.png"
            write_picture(tmp_path / name, seed=10 * patient + number)
            film = spine(patient=f"p{patient}")
            films.append(type(film)(**{**film.__dict__, "name": name}))
    save_dataset(tmp_path, films)
    return tmp_path


def change(folder, edit):
    file = folder / FILE_NAME
    content = json.loads(file.read_text())
    edit(content["films"])
    file.write_text(json.dumps(content))


def test_no_fault(spondyl, many):
    said = spondyl("labels", "check", many)
    assert (said.code, said.err) == (0, "")
    assert "no fault in 20 films" in said.out


def test_faults_are_named_with_film_and_level(spondyl, many):
    def edit(films):
        corners = films["p3/0.png"]["vertebrae"]["L1"]["corners_px"]
        one, other = "superior_anterior", "superior_posterior"
        corners[one], corners[other] = corners[other], corners[one]
        films["p4/1.png"]["size_px"] = [901, 1400]

    change(many, edit)
    (many / "p5/0.png").unlink()
    said = spondyl("labels", "check", many)
    assert said.code == 1
    lines = said.out.splitlines()
    assert any("films.json: p3/0.png, L1: its corners cross" in line for line in lines)
    assert any("p4/1.png: the label is of a film of 901 x 1400" in line for line in lines)
    assert any("p5/0.png: there is no such picture" in line for line in lines)
    assert "in 3 of 20 films" in said.err


def test_faults_as_json(spondyl, many):
    change(many, lambda films: films["p3/0.png"]["vertebrae"].update(C7={}))
    said = spondyl("labels", "check", many, "--json", "--no-pictures")
    fault = json.loads(said.out)
    assert (fault["film"], fault["level"], fault["kind"]) == ("p3/0.png", None, "form")
    assert "'C7'" in fault["sentence"]


def test_a_file_cut_in_half_is_one_sentence(spondyl, many):
    file = many / FILE_NAME
    file.write_text(file.read_text()[:999])
    said = spondyl("labels", "check", many)
    assert said.code == 2
    assert f"{file}, line" in said.err
    assert said.err.count("\n") == 1


def test_split_keeps_patients_together_and_is_repeated_by_its_seed(spondyl, many):
    said = spondyl("labels", "split", many, "--shares", "0.6,0.2,0.2", "--seed", "3")
    assert said.code == 0, said.err
    first = {film.name: film.split for film in load_dataset(many)}
    assert sorted(first.values()).count("train") == 12
    assert all(first[f"p{k}/0.png"] == first[f"p{k}/1.png"] for k in range(10))
    assert spondyl("labels", "split", many, "--seed", "3").code == 2
    arguments = ("--shares", "0.6,0.2,0.2", "--seed", "3", "--again", "--no-pictures")
    spondyl("labels", "split", many, *arguments)
    assert {film.name: film.split for film in load_dataset(many)} == first


def test_leaks_are_refused_and_named(spondyl, many):
    spondyl("labels", "split", many, "--shares", "0.5,0.5", "--seed", "1", "--no-pictures")
    assert spondyl("labels", "split", many, "--check").code == 0
    films = {film.name: film for film in load_dataset(many)}
    train = next(n for n, f in films.items() if f.split == "train")
    test = next(n for n, f in films.items() if f.split == "test")
    # One picture on two sides, under two patients.
    (many / test).write_bytes((many / train).read_bytes())
    said = spondyl("labels", "split", many, "--check")
    assert said.code == 2
    assert train in said.err
    assert test in said.err
    assert "one picture" in said.err
    assert spondyl("labels", "check", many).code == 1
    # Splitting anew keeps the two together.
    said = spondyl("labels", "split", many, "--shares", "0.5,0.5", "--again")
    assert said.code == 0
    assert "are one picture, and stay together" in said.err
    # One patient on two sides.
    change(many, lambda labels: labels["p7/0.png"].update(split="train"))
    change(many, lambda labels: labels["p7/1.png"].update(split="test"))
    said = spondyl("labels", "split", many, "--check", "--no-pictures")
    assert said.code == 2
    assert "'p7'" in said.err


@pytest.mark.parametrize("shares", ["0.5", "0.5,0.6", "a,b", "1,0", "0.2,0.2,0.2,0.4"])
def test_wrong_shares(spondyl, many, shares):
    before = (many / FILE_NAME).read_text()
    said = spondyl("labels", "split", many, "--shares", shares, "--no-pictures")
    assert said.code == 2
    assert (many / FILE_NAME).read_text() == before


def test_levels_are_checked_by_their_order(spondyl, many):
    def edit(films):
        bodies = films["p1/0.png"]["vertebrae"]
        bodies["L2"], bodies["L3"] = bodies["L3"], bodies["L2"]

    change(many, edit)
    said = spondyl("labels", "check", many, "--no-pictures")
    assert "p1/0.png, L3: it lies above L2" in said.out
    assert Level.L3 in load_dataset(many).films[2].vertebrae
