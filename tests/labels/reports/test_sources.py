"""Tables, folders and structured reports."""

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ComprehensiveSRStorage, ExplicitVRLittleEndian, generate_uid

from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.sources import Failure, SourceReport, read_sources


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_table(tmp_path):
    path = write(tmp_path / "r.csv", 'Text,FILM,sex\n"a, ""b""\nc",x/1.png,F\nd,2.png,\n')
    assert list(read_sources(path)) == [
        SourceReport("x/1.png", 'a, "b"\nc', f"{path}, line 2", {"sex": "F"}),
        SourceReport("2.png", "d", f"{path}, line 4", {}),
    ]


def test_semicolons_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes("\ufefffilm;text\n1.png;No fracture, none.\n".encode())
    (report,) = read_sources(path)
    assert (report.film, report.text) == ("1.png", "No fracture, none.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,report\n1,2\n", "line 1: expected the columns film and text .* found name, report"),
        ("", "is empty"),
        ("film,text\n", "holds no report"),
        ('film,text\na,ok\nb,"cut in ha', "line 3: the table breaks off"),
        ("film,text\na,b\0c\n", "line 2: holds a null character"),
    ],
)
def test_bad_tables_are_told_with_their_line(tmp_path, text, words):
    with pytest.raises(ReportsError, match=words):
        read_sources(write(tmp_path / "r.csv", text))


def test_not_utf8(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"film,text\na,caf\xe9\n")
    with pytest.raises(ReportsError, match="line 2: not UTF-8"):
        read_sources(path)


def test_bad_rows_are_failures_of_their_own(tmp_path):
    path = write(tmp_path / "r.csv", "film,text\na, \nb,x,y\n,z\nc,ok\nc,again\n")
    found = list(read_sources(path))
    sentences = [f.sentence.removeprefix(f"{path}, ") for f in found if isinstance(f, Failure)]
    assert [s.split(":")[0] for s in sentences] == ["line 2", "line 3", "line 4", "line 6"]
    assert "is empty" in sentences[0]
    assert "expected 2 columns, found 3" in sentences[1]
    assert "no film" in sentences[2]
    assert "already" in sentences[3]
    assert [f.film for f in found if isinstance(f, SourceReport)] == ["c"]


def concept(meaning):
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99TEST", meaning
    return Sequence([code])


def item(kind, name, text=None, content=()):
    value = Dataset()
    value.RelationshipType, value.ValueType = "CONTAINS", kind
    value.ConceptNameCodeSequence = concept(name)
    if text is not None:
        value.TextValue = text
    if content:
        value.ContentSequence = Sequence(content)
    return value


def write_report(path, content):
    report = Dataset()
    report.file_meta = FileMetaDataset()
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID = ComprehensiveSRStorage
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID = generate_uid()
    report.ValueType = "CONTAINER"
    report.ContentSequence = Sequence(content)
    report.save_as(path, enforce_file_format=True)
    return path


def test_folder_of_texts_and_structured_reports(tmp_path):
    write(tmp_path / "b.txt", "No fracture.")
    write(tmp_path / "notes.json", "{}")
    write(tmp_path / ".hidden.txt", "x")
    (tmp_path / "film.dcm").write_bytes(b"not DICOM")
    write_report(
        tmp_path / "a.dcm",
        [
            item("CONTAINER", "History", content=[item("TEXT", "History", "L3 fracture.")]),
            item("CONTAINER", "Findings", content=[item("TEXT", "Finding", "L1 wedge fracture.")]),
            item("TEXT", "Impression", "L1 fracture."),
        ],
    )
    first, second = read_sources(tmp_path)
    assert (first.film, second.film, second.exact) == ("a", "b", False)
    words = " ".join(first.text.split())
    assert words == "History: L3 fracture. Findings: L1 wedge fracture. Impression: L1 fracture."


def test_a_film_is_no_report(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(b"\0" * 200)
    (failure,) = read_sources(path)
    assert isinstance(failure, Failure)
    assert "not a DICOM structured report" in failure.sentence
