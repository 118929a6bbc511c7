from pathlib import Path

import pytest

from spondyl.network import Arm, BodyNetConfig, UNetConfig, ViewNetConfig
from spondyl.network.export import Kind
from spondyl.network.losses import FinderLossWeights
from spondyl.train.config import ConfigError, load_experiment, parse_experiment
from spondyl.train.recipe import is_recipe

FOLDER = Path(__file__).parents[2] / "experiments"
#: Comparisons and studies have forms of their own.
OTHERS = ("compare-", "study-")
EXPERIMENTS = sorted(
    path
    for path in FOLDER.glob("*.yaml")
    if not is_recipe(path) and not path.stem.startswith(OTHERS)
)
DATA = {"data": {"geometry": "here"}}


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_shipped_experiments_can_be_read(path):
    experiment = load_experiment(path)
    assert experiment.name == path.stem
    forms = {Kind.FINDER: UNetConfig, Kind.BODY: BodyNetConfig, Kind.VIEW: ViewNetConfig}
    assert isinstance(experiment.network_config(), forms[experiment.kind])


def test_the_papers_arms_differ_in_their_decoders_alone():
    arms = {}
    for path in EXPERIMENTS:
        if path.stem.startswith("paper-"):
            experiment = load_experiment(path)
            plain = experiment.model_dump()
            plain.pop("name")
            arms[plain["network"].pop("arm")] = plain
    assert set(arms) == {Arm.MULTITASK, Arm.LEVELS, Arm.FRACTURE}
    assert arms[Arm.LEVELS] == arms[Arm.FRACTURE] == arms[Arm.MULTITASK]


def test_parts_reach_their_forms():
    experiment = parse_experiment(
        {
            "name": "x",
            "kind": "finder",
            "network": {"arm": "levels", "widths": [8, 8, 8, 8, 8]},
            "loss": {"dice": 0},
            **DATA,
        }
    )
    assert experiment.network_config() == UNetConfig(arm=Arm.LEVELS, widths=(8, 8, 8, 8, 8))
    assert experiment.loss_weights() == FinderLossWeights(dice=0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bath_size": 3}, "bath_size: this key is unknown"),
        ({"kind": "finderr"}, "kind: "),
        ({"name": "a b"}, "name: "),
        ({"batch_size": 0}, "batch_size: .* found 0"),
        ({"data": {}}, "data: a source of films is needed"),
        ({"data": {"geometry": "x", "sights": []}}, r"data\.sights: this key is unknown"),
        ({"network": {"width": [1]}}, "network: unknown key 'width'; known are arm, "),
        ({"network": {"arm": "both"}}, r"network\.arm: expected one of reader, .*found 'both'"),
        ({"network": {"output_stride": 3}}, "output_stride must be 1, 2 or 4"),
        ({"loss": {"leevls": 1}}, "loss: unknown key 'leevls'"),
        ({"kind": "view", "loss": {"side": 1}}, "the view network's loss has no settings"),
        ({"precision": "half"}, "precision: "),
    ],
)
def test_mistakes_are_told_in_sentences(change, sentence):
    with pytest.raises(ConfigError, match=sentence) as caught:
        parse_experiment({"name": "x", "kind": "finder", **DATA, **change}, "file.yaml")
    assert str(caught.value).startswith("file.yaml: ")
    assert str(caught.value).endswith(".")


def test_missing_keys_are_named():
    with pytest.raises(ConfigError, match="kind: this key is needed") as caught:
        parse_experiment({"name": "x"})
    assert "data: this key is needed" in str(caught.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_experiment(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1", encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_experiment(broken)
    broken.write_text("- 1", encoding="utf-8")
    with pytest.raises(ConfigError, match="expected keys and values, found list"):
        load_experiment(broken)
