"""What the package promises of its parts: licences, one torch, a plain install without torch."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]

#: Packages whose metadata name the GPL beside a permissive licence that covers what is installed.
NOT_ONLY_GPL = {
    "docutils",  # public domain and BSD; the GPL is for an Emacs mode outside the wheel
}

#: Packages whose import has another name.
IMPORTED_AS = {
    "dicom-anonymizer": "dicomanonymizer",
    "opencv-python-headless": "cv2",
    "python-gdcm": "gdcm",
    "pytorch-lightning": "pytorch_lightning",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}
#: Packages that are used without being imported here.
USED_BY_OTHERS = {
    "pyjpegls",  # by pydicom: JPEG-LS
    "pylibjpeg",  # by pydicom: finds the next two
    "pylibjpeg-openjpeg",  # JPEG 2000
    "pylibjpeg-rle",  # RLE
    "tensorboard",  # by Lightning's logger
}


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _direct(project: dict, extras: tuple[str, ...]) -> list[Requirement]:
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def _installed_tree(requirements: list[Requirement]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in requirements]
    while waiting:
        requirement, parent_extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": parent_extra}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = package
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(Requirement(line), extra) for line in package.requires or ()]
    return found


def _licence(package: Distribution) -> str:
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License")]
    # Some packages put the whole text into this field: its first line names the licence.
    first_line = (metadata.get("License") or "").strip().partition("\n")[0]
    return "; ".join([*classifiers, first_line])


def _is_gpl(licence: str) -> bool:
    """GPL, AGPL or LGPL; permissive licences only are wanted."""
    without_exception = re.sub(r"GPL[\w.+-]* WITH [\w.+-]+", "", licence)
    return bool(re.search(r"GPL|General Public License|Affero", without_exception, re.IGNORECASE))


@pytest.mark.parametrize(
    ("licence", "gpl"),
    [
        ("GPL V3.0", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-2.1-or-later", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("BSD-3-Clause AND GPL-3.0-only WITH GCC-exception-3.1", False),
        ("MIT", False),
    ],
)
def test_gpl_is_recognised(licence: str, gpl: bool) -> None:
    assert _is_gpl(licence) is gpl


def test_no_dependency_is_gpl(project: dict) -> None:
    tree = _installed_tree(_direct(project, tuple(project["optional-dependencies"])))
    tree.pop("spondyl", None)
    assert {"numpy", "pydicom", "onnxruntime"} <= set(tree)
    gpl = {
        name: _licence(package)
        for name, package in tree.items()
        if name not in NOT_ONLY_GPL and _is_gpl(_licence(package))
    }
    assert gpl == {}


def test_every_direct_dependency_is_on_the_licence_page(project: dict) -> None:
    page = (ROOT / "docs/licences.md").read_text()
    listed = set(re.findall(r"^\| ([\w.-]+) \|", page, re.MULTILINE)) - {"package", "---"}
    direct = {r.name for r in _direct(project, tuple(project["optional-dependencies"]))}
    assert listed == direct - {"spondyl"}


def test_the_plain_install_needs_no_torch(project: dict) -> None:
    heavy = {"torch", "pytorch-lightning", "monai", "numba", "scipy", "scikit-learn"}
    assert not heavy & set(_installed_tree(_direct(project, ())))


def test_every_dependency_is_used(project: dict) -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    direct = {r.name for r in _direct(project, ("simulate", "evaluate", "train"))}
    unused = {
        name
        for name in direct - USED_BY_OTHERS - {"spondyl"}
        if IMPORTED_AS.get(name, name) not in imported
    }
    assert unused == set()


def test_every_data_file_is_packed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    package = ROOT / "src/spondyl"
    packed = {
        path for pattern in settings["package-data"]["spondyl"] for path in package.glob(pattern)
    }
    data = {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".nbi", ".nbc")
    }
    assert data - packed == set()


def test_torch_is_pinned_to_one_version(project: dict) -> None:
    (torch,) = [r for r in _direct(project, ("train",)) if r.name == "torch"]
    assert str(torch.specifier) == "==2.13.0"
