"""Exit codes, and errors as sentences."""

import importlib.util
import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

import typer

DEBUG_VARIABLE = "SPONDYL_DEBUG"

#: Extra -> a module that only this extra brings.
EXTRAS: dict[str, str] = {
    "simulate": "numba",
    "evaluate": "jinja2",
    "train": "torch",
    "reports": "negspacy",
    "dicom": "highdicom",
    "serve": "pynetdicom",
}


class ExitCode(IntEnum):
    """What the program's exit code says."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USE = 2
    NOTHING_DONE = 3
    INTERRUPTED = 130


def outcome(done: int, failed: int) -> ExitCode:
    """The exit code of a run over many films.

    Examples
    --------
    >>> outcome(3, 0).name, outcome(3, 1).name, outcome(0, 2).name
    ('DONE', 'SOME_FAILED', 'NOTHING_DONE')
    """
    if done == 0:
        return ExitCode.NOTHING_DONE
    return ExitCode.SOME_FAILED if failed else ExitCode.DONE


def debugging() -> bool:
    """The user asked for tracebacks."""
    return os.environ.get(DEBUG_VARIABLE, "") not in ("", "0")


def say(sentence: str) -> None:
    """One line on standard error."""
    print(f"spondyl: {sentence}", file=sys.stderr, flush=True)


def wrong_use(sentence: str) -> NoReturn:
    """Say what was wrong with the call, and leave with exit code 2."""
    say(sentence)
    raise typer.Exit(ExitCode.WRONG_USE)


def reason(error: BaseException) -> str:
    """An error as one sentence, without the name of its class where it says something itself."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    text = " ".join(str(error).split())
    return text or f"{type(error).__name__} without a message."


def report(error: Exception) -> ExitCode:
    """Say an error that ended the program; its traceback only to those who asked for it.

    Returns
    -------
    ExitCode
        ``WRONG_USE`` for a value or a file that is not as it must be, ``NOTHING_DONE`` for the
        rest.
    """
    if debugging():
        traceback.print_exception(error)
    if isinstance(error, (ValueError, OSError)):
        say(reason(error))
        return ExitCode.WRONG_USE
    if _own(error):
        say(reason(error))
        return ExitCode.NOTHING_DONE
    say(
        f"An unexpected error ended this run: {type(error).__name__}: {reason(error)} "
        f"Run again with `spondyl --debug ...` to see where."
    )
    return ExitCode.NOTHING_DONE


def _own(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] == "spondyl"


def installed(extra: str) -> bool:
    """The extra's packages are there (found, not imported)."""
    return importlib.util.find_spec(EXTRAS[extra]) is not None


def need_extra(command: str, extra: str) -> None:
    """Leave with one sentence if a command's extra is not installed."""
    if not installed(extra):
        wrong_use(
            f'spondyl {command} needs the extra [{extra}]; run: pip install "spondyl[{extra}]"'
        )


def show_path(path: Path) -> str:
    """A path as the user would write it: relative to where he stands, if that is shorter."""
    try:
        relative = str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
    return min((relative, str(path)), key=len)
