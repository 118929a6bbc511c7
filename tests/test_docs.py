"""What the texts say of commands, options, targets and files is so."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from spondyl.cli.main import app
from spondyl.deliver import reading_schema

ROOT = Path(__file__).parents[1]
TEXTS = sorted(
    [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "examples/README.md")),
        *(path for path in (ROOT / "docs").rglob("*.md") if "generated" not in path.parts),
    ]
)
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def _calls(text: str) -> list[str]:
    """Calls of the program: indented lines and code spans that begin with its name."""
    lines = re.findall(r"^(?: {4}|\t)(spondyl .*)$", text, re.MULTILINE)
    return lines + re.findall(r"`(spondyl [^`\n]*)`", text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
class TestText:
    def test_commands_and_options_exist(self, path: Path) -> None:
        for call in _calls(path.read_text()):
            name, *words = call.split()[1:]
            if name.startswith("-"):
                continue
            assert name in COMMANDS, f"{call!r}: no such command"
            command = COMMANDS[name]
            while words and hasattr(command, "commands"):  # a group, as `spondyl labels`
                assert words[0] in command.commands, f"{call!r}: no such command"
                command = command.commands[words.pop(0)]
            known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {
                "--help",
                "-h",
            }
            options = {word.partition("=")[0] for word in words if word.startswith("-")}
            assert options <= known, f"{call!r}: no such option"

    def test_make_targets_exist(self, path: Path) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        named = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", path.read_text(), re.MULTILINE)
        assert set(named) <= targets

    def test_links_lead_somewhere(self, path: Path) -> None:
        links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
        missing = [
            link
            for link in links
            # Pages under generated/ are written by the build.
            if "://" not in link and "generated/" not in link and not (path.parent / link).exists()
        ]
        assert missing == []


def test_every_command_is_in_some_text() -> None:
    named = {call.split()[1] for path in TEXTS for call in _calls(path.read_text())}
    assert set(COMMANDS) <= named


def test_every_key_of_a_reading_is_described() -> None:
    page = (ROOT / "docs/reference/reading.md").read_text()
    described = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`]+)`", page))))

    def keys(schema: Mapping[str, Any]) -> set[str]:
        own = schema.get("properties", {})
        children = [*own.values(), schema.get("items"), *schema.get("$defs", {}).values()]
        return set(own).union(*(keys(child) for child in children if child))

    assert keys(reading_schema()) - described == set()


def test_every_key_of_a_data_set_is_described() -> None:
    page = (ROOT / "docs/reference/dataset.md").read_text()
    described = set(re.findall(r"`([a-z_]+)`", page))
    code = (ROOT / "src/spondyl/labels/dataset.py").read_text()
    keys = set(re.findall(r"""(?:value|body)(?:\.get\(|\[)"([a-z_]+)\"""", code))
    assert {"size_px", "corners_px", "status"} <= keys
    assert keys - described == set()
