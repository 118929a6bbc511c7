"""Write the reference pages from the code: one page per room, one for the command line.

Pages go to ``reference/generated/`` before Sphinx reads its sources, so that no list of modules or
options is kept by hand.
"""

import os
import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

from node_keys import page as node_page
from node_keys import room_page
from sphinx.application import Sphinx

import spondyl

_HELP_WIDTH = 96


def _rooms() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(spondyl.__path__) if module.ispkg)


def _modules(room: ModuleType) -> list[str]:
    names = [
        module.name for module in pkgutil.walk_packages(room.__path__, prefix=f"{room.__name__}.")
    ]
    return sorted(name for name in names if not name.rpartition(".")[2].startswith("_"))


def _room_page(name: str) -> str:
    room = import_module(f"spondyl.{name}")
    parts = [f"# {name}\n", _directive("automodule", room.__name__)]
    for module in _modules(room):
        # A package lists what its modules hold; its members are described there.
        members = () if hasattr(import_module(module), "__path__") else (":members:",)
        parts += [f"\n## {module}\n", _directive("automodule", module, *members)]
    return "\n".join(parts)


def _directive(name: str, argument: str, *options: str) -> str:
    lines = [f".. {name}:: {argument}", *(f"   {option}" for option in options)]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def _commands_page() -> str:
    # Set before typer is asked: it reads them when it builds its console.
    os.environ.update(COLUMNS=str(_HELP_WIDTH), TERMINAL_WIDTH=str(_HELP_WIDTH), NO_COLOR="1")
    from typer.main import get_command
    from typer.testing import CliRunner

    from spondyl.cli.main import app

    parts = ["# Commands\n", "What `--help` prints, for every command.\n"]
    runner = CliRunner()

    def add(command: object, path: tuple[str, ...]) -> None:
        result = runner.invoke(app, [*path, "--help"], prog_name="spondyl")
        if result.exit_code != 0:
            raise RuntimeError(f"`spondyl {' '.join(path)} --help` failed: {result.output}")
        title = " ".join(("spondyl", *path))
        text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        parts.append(f"## {title}\n\n```text\n{text}\n```\n")
        for name, child in sorted(getattr(command, "commands", {}).items()):
            add(child, (*path, name))

    add(get_command(app), ())
    return "\n".join(parts)


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir, "reference", "generated")
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"room-{name}.md": _room_page(name) for name in _rooms()}
    pages["commands.md"] = _commands_page()
    pages["node-config.md"] = node_page()
    pages["room-config.md"] = room_page()
    for stale in set(folder.iterdir()) - {folder / name for name in pages}:
        stale.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages when the builder is ready and before sources are listed."""
    app.connect("config-inited", lambda app, _config: _write(app))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
