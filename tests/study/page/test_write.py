"""The page is one whole file, says what its films are, and shows the readings' own figures."""

import csv
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from spondyl.evaluate.comparison import compare_outcomes
from spondyl.evaluate.diagnostics import diagnostics
from spondyl.evaluate.multiple import holm
from spondyl.study.page.write import PAGE_NAME, PageError, size_words, write_page
from spondyl.study.results.mean import averaged
from spondyl.study.results.readers import read_sets
from spondyl.study.tables.pairs import TESTED, pair_tests, verdict
from spondyl.study.tables.table import Column, Row, Table, p_value, share, shown
from tests.study.page_cases import SYSTEMS, comparison_in, unread

SECTIONS = (
    "flow", "figures", "pairs", "roc", "decision", "calibration", "levels", "subgroups",
    "training", "worst", "claim", "method",
)  # fmt: skip
_VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags in order, ids, addresses and the texts of table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.cells: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.ids += [known["id"]] if "id" in known else []
        self.addresses += [v for k, v in attrs if k in ("src", "href", "action", "data", "srcset")]
        if tag not in _VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return comparison_in(tmp_path_factory.mktemp("comparison"), films=16)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """One training each, no external set."""
    folder = tmp_path_factory.mktemp("small")
    return comparison_in(folder, films=8, seeds=(5,), external=False)


@pytest.fixture(scope="module")
def out(comparison, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "out"
    assert write_page(comparison, None, folder) == folder / PAGE_NAME
    return folder


@pytest.fixture(scope="module")
def page(out):
    return Page((out / PAGE_NAME).read_text(encoding="utf-8"))


def rows(out, key):
    with (out / "tables" / f"{key}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_section_is_there_and_linked(page):
    assert [one for one in page.ids if one in SECTIONS] == list(SECTIONS)
    assert {f"#{one}" for one in SECTIONS} <= set(page.addresses)
    assert len(page.ids) == len(set(page.ids))


def test_nothing_is_fetched(out, page):
    assert page.addresses
    assert all(address.startswith(("#", "data:image/")) for address in page.addresses)
    text = (out / PAGE_NAME).read_text(encoding="utf-8")
    assert not re.search(r"https?://|@import|url\(|<script|<link", text)


def test_words_of_others_are_escaped(out):
    text = (out / PAGE_NAME).read_text(encoding="utf-8")
    assert "A &amp; B &lt;study&gt;" in text
    assert "south &amp; &lt;west&gt;" in text
    assert not re.search(r"<(study|west)>", text)
    assert "\u0000" not in text


def test_simulated_films_are_called_so_wherever_their_figures_stand(out, page):
    assert "Every film of this study is simulated" in "".join(page.text)
    text = (out / PAGE_NAME).read_text(encoding="utf-8")
    titles = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    of_sets = [title for title in titles if "test" in title and "<br>" not in title]
    assert len(of_sets) > 20
    assert all("(simulated films)" in title for title in of_sets)
    for file in (out / "tables").glob("*-internal*.tex"):
        assert "(simulated films)" in file.read_text(encoding="utf-8")


def test_silence_is_not_passed_as_real(small, tmp_path):
    sets = tuple(replace(one, simulated=None) for one in small.sets)
    own = Table("labels", "Labels & reports", (Column("a"),), (Row(("b",)),))
    page = write_page(
        replace(small, sets=sets), None, tmp_path, extra=[own], title="T", pictures=False
    )
    text = page.read_text(encoding="utf-8")
    assert "Whether films are simulated is not stated by: internal." in text
    # tables of the study itself
    assert "Labels &amp; reports" in text
    assert "<title>T</title>" in text
    assert (tmp_path / "tables/labels.tex").is_file()
    assert 'id="worst"' not in text
    assert "(whether simulated is not stated)" in text


def test_a_small_study_says_how_small(comparison, page):
    said = size_words(comparison, {"train": (), "validation": ()})
    assert said.startswith("A small study. Films, in brackets the paper’s: 0 training (1,865)")
    assert "16 internal test (198), 8 external test (94)" in said
    assert "A small study. " in "".join(page.text)
    large = [replace(one, films=198) for one in comparison.sets]
    many = {"train": range(1865), "validation": range(208)}
    assert size_words(replace(comparison, sets=tuple(large)), many).startswith("A study of the")
    assert "no external test" in size_words(replace(comparison, sets=tuple(large[:1])), many)


@pytest.mark.parametrize("name", ["internal", "south_1"])
def test_figures_are_those_of_the_readings(comparison, out, page, name):
    key = f"figures-{name.replace('_', '-')}"
    table = rows(out, key)
    words = {"film": "Per patient film", "body": "Per vertebral body"}
    for system in SYSTEMS:
        outcomes = averaged(comparison.of(system, name))
        column = f"{system}, 2 trainings averaged (95 % interval)"
        for unit, group in words.items():
            figures = diagnostics(outcomes, unit=unit)
            for figure, label in (("auc", "AUC"), ("sensitivity", "Sensitivity"), ("f1", "F1")):
                (row,) = [r for r in table if r["group"] == group and r["item"] == label]
                assert float(row[column]) == figures[figure].value
                assert float(row[f"{column}: low"]) == figures[figure].low
                assert float(row[f"{column}: high"]) == figures[figure].high
                assert int(row[f"{column}: n"]) == figures[figure].n
                assert shown(figures[figure], "figure") in page.cells
        one = [
            diagnostics(result.outcomes, unit="body")["auc"].value
            for result in comparison.of(system, name)
        ]
        (row,) = [r for r in table if r["group"] == words["body"] and r["item"] == "AUC"]
        assert float(row[f"{system}, mean of 2 trainings (range)"]) == pytest.approx(sum(one) / 2)
        assert float(row[f"{system}, mean of 2 trainings (range): low"]) == min(one)


def test_every_training_stands_by_itself(comparison, out):
    table = [r for r in rows(out, "trainings-internal") if r["group"] == "multi-task"]
    assert [r["Training"] for r in table] == [
        "seed 1", "seed 2", "Mean", "Lowest", "Highest", "2 trainings averaged"
    ]  # fmt: skip
    values = [float(r["AUC, film"]) for r in table]
    for result, value in zip(comparison.of("multi-task", "internal"), values, strict=False):
        assert diagnostics(result.outcomes)["auc"].value == value
    assert values[2:5] == [pytest.approx(sum(values[:2]) / 2), min(values[:2]), max(values[:2])]


def test_pairs_are_tested_and_adjusted(comparison, out, page):
    table = rows(out, "pair-internal-single-task") + rows(out, "pair-south-1-single-task")
    assert len(table) == 2 * 2 * len(TESTED)
    adjusted = holm([float(r["p"]) for r in table])
    assert [float(r["p, Holm"]) for r in table] == pytest.approx(adjusted)
    one, other = (averaged(comparison.of(system, "internal")) for system in SYSTEMS)
    test = compare_outcomes(one, other, unit="body")["sensitivity"]
    (row,) = [
        r for r in table[: 2 * len(TESTED)]
        if r["group"] == "Per vertebral body" and r["item"] == "Sensitivity"
    ]  # fmt: skip
    assert float(row["Difference (95 % interval)"]) == test.difference
    assert float(row["p"]) == test.p
    assert row["Test"] == test.method
    assert p_value(test.p) in page.cells
    single = rows(out, "pair-trainings-internal-single-task")
    assert {r["group"].split(",")[0] for r in single} == {"seed 1", "seed 2"}


def test_verdict_says_what_came_out(comparison):
    sets = read_sets(comparison)
    pairs = pair_tests(sets, comparison.systems)
    said = verdict(pairs, sets)
    assert len(said) == 2
    assert said[0].startswith("Internal test (simulated films), multi-task less single-task: AUC")
    key = next(k for k in pairs if k.averaged and k.figure == "auc" and k.unit == "film")
    word = "significant" if pairs[key].adjusted_p < 0.05 else "not significant"
    assert f"AUC per film {share(pairs[key].difference, signed=True)} ({word}, " in said[0]
    one_system = replace(comparison, systems=SYSTEMS[:1])
    assert pair_tests(read_sets(one_system), SYSTEMS[:1]) == {}


def test_the_papers_figures_are_those_of_its_abstract(out):
    for name, values in (
        ("internal", (0.929, 0.944, 0.917, 0.947, 0.628, 0.977, 0.96)),
        ("south-1", (0.713, 0.979, 0.447, 0.828, 0.936, 0.820, 0.94)),
    ):
        published = [r["Ryu et al. 2023, published"] for r in rows(out, f"figures-{name}")]
        assert [float(v) for v in published if v] == list(values)
    bodies = [r for r in rows(out, "figures-internal") if r["group"] == "Per vertebral body"]
    (row,) = [r for r in bodies if r["item"] == "Sensitivity"]
    ends = [
        float(row[f"Ryu et al. 2023, derived (95 % interval): {end}"]) for end in ("low", "high")
    ]
    assert [round(v, 3) for v in ends] == [0.539, 0.709]


def test_confusion_adds_up(comparison, out):
    table = rows(out, "confusion-south-1")
    counts = ("Fractured, called", "Fractured, missed", "Normal, called", "Normal, passed")
    for system in SYSTEMS:
        own = [r for r in table if r["group"].startswith(system)]
        levels = [sum(int(r[name]) for r in own[:-1]) for name in counts]
        assert levels == [int(own[-1][name]) for name in counts]
    figures = diagnostics(averaged(comparison.of(SYSTEMS[1], "south_1")), unit="body")
    assert float(table[-1]["Sensitivity (95 % interval)"]) == figures["sensitivity"].value


def test_naming_counts_every_body_once(comparison, out):
    table = rows(out, "naming-internal-multi-task")
    levels = [name for name in table[0] if re.fullmatch(r"[TLS]\d+", name)]
    judged = sum(len(film.judged) for film in comparison.results[0].outcomes)
    assert sum(int(r[name]) for r in table for name in [*levels, "Not found"]) == judged


def test_curves_are_drawn_with_the_papers_point(out):
    text = (out / PAGE_NAME).read_text(encoding="utf-8")
    assert text.count('<svg class="chart"') == 8
    assert text.count('<path class="mark paper"') == 8, "in each ROC picture and its legend"
    assert text.count('<svg class="diagram"') == 8
    assert text.count('<svg class="flow"') == 1


def test_worst_films_are_drawn(page):
    pictures = [a for a in page.addresses if a.startswith("data:image/jpeg")]
    assert 1 <= len(pictures) <= 8
    assert any("named right" in text for text in page.text)


def test_one_training_one_set_and_an_unread_film(small, tmp_path):
    results = tuple(unread(one, 0, "no <pixels>") for one in small.results)
    page = write_page(replace(small, results=results), None, tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    Page(text)
    assert "trainings averaged" not in text
    assert "There is no external test." in text
    assert "could not be read: no &lt;pixels&gt;" in text
    assert not (tmp_path / "out/tables/pair-trainings-internal-single-task.csv").exists()


def test_no_fracture_no_curve(small, tmp_path):
    results = tuple(
        replace(one, outcomes=tuple(f for f in one.outcomes if not f.fractured))
        for one in small.results
    )
    text = write_page(replace(small, results=results), None, tmp_path / "out").read_text()
    assert 'id="roc"' not in text
    assert 'href="#roc"' not in text
    Page(text)


def test_nothing_to_show_is_said(comparison, tmp_path):
    with pytest.raises(PageError, match="no result to show"):
        write_page(replace(comparison, results=()), None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium at hand")
def test_prints_to_pdf(out, tmp_path):
    pdf = tmp_path / "study.pdf"
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--no-first-run",
        "--disable-quic", f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}", (out / PAGE_NAME).as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    assert pdf.read_bytes()[:5] == b"%PDF-"
    assert pdf.stat().st_size > 50_000
