import subprocess
import sys

import pytest

from spondyl import __version__
from spondyl.cli.errors import ExitCode, need_extra, outcome, reason, report

HEAVY = ("numpy", "cv2", "torch", "scipy", "onnxruntime", "pydicom", "numba", "jinja2")


def test_help_names_every_command_and_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['spondyl', '--help']\n"
        "from spondyl.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in said.stdout
    for command in ("read", "simulate", "train", "evaluate", "export", "info"):
        assert f" {command} " in said.stdout


def test_no_command_that_does_nothing(spondyl):
    for command in ("screen", "compare", "calibrate", "labels", "room", "node"):
        assert spondyl(command).code == 2


def test_version(spondyl):
    said = spondyl("--version")
    assert (said.code, said.out) == (0, f"spondyl {__version__}\n")


@pytest.mark.parametrize("command", ["read", "simulate", "train", "evaluate", "export", "info"])
def test_every_help_has_an_example(spondyl, command):
    said = spondyl(command, "--help")
    assert said.code == 0
    assert f"spondyl {command}" in said.out.split("Example")[1]


def test_unexpected_error_is_one_sentence(spondyl, monkeypatch):
    monkeypatch.setattr("spondyl.cli.info.gather", lambda: 1 / 0)
    said = spondyl("info")
    assert said.code == ExitCode.NOTHING_DONE
    assert "Traceback" not in said.err
    assert "--debug" in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("way", ["option", "variable"])
def test_debug_shows_the_traceback(spondyl, monkeypatch, way):
    monkeypatch.setattr("spondyl.cli.info.gather", lambda **_: 1 / 0)
    # set first, so that it is taken away after the test
    monkeypatch.setenv("SPONDYL_DEBUG", "1" if way == "variable" else "0")
    said = spondyl(*(["--debug"] if way == "option" else []), "info")
    assert "Traceback" in said.err
    assert "ZeroDivisionError" in said.err


@pytest.mark.parametrize(("done", "failed", "code"), [(1, 0, 0), (5, 2, 1), (0, 3, 3), (0, 0, 3)])
def test_outcome(done, failed, code):
    assert outcome(done, failed) == code


def test_reasons_are_sentences():
    assert reason(FileNotFoundError(2, "No such file or directory", "x")).startswith("No such file")
    assert reason(ValueError("two\n lines")) == "two lines"
    assert "KeyError" in reason(KeyError())
    assert "memory" in reason(MemoryError())


def test_report_codes(capsys):
    assert report(ValueError("x")) is ExitCode.WRONG_USE
    assert report(RuntimeError("x")) is ExitCode.NOTHING_DONE
    assert capsys.readouterr().err.count("\n") == 2


def test_missing_extra_names_the_command_to_run(monkeypatch, capsys):
    import typer

    monkeypatch.setattr("spondyl.cli.errors.installed", lambda extra: False)
    with pytest.raises(typer.Exit) as leaving:
        need_extra("train", "train")
    assert leaving.value.exit_code == ExitCode.WRONG_USE
    assert capsys.readouterr().err == (
        'spondyl: spondyl train needs the extra [train]; run: pip install "spondyl[train]"\n'
    )
