import json

from spondyl.cli.errors import ExitCode


def test_table(spondyl):
    said = spondyl("sample-size", "--sensitivity", 0.95, "--specificity", 0.9, "--prevalence", 0.3)
    assert said.code == 0
    assert "73 fractured films" in said.out
    assert "Gather 244 films" in said.out
    assert "sensitivity per film asks for most" in said.out
    assert said.err == ""


def test_json_and_nothing_else(spondyl):
    said = spondyl("sample-size", "--auc", 0.95, "--auc-half-width", 0.03, "--lost", 0.1, "--json")
    content = json.loads(said.out)
    assert content["films"] == content["needs"][0]["films"] > content["needs"][0]["cases"]
    assert content["decided_by"] == "AUC per film"
    assert content["setting"]["lost"] == 0.1


def test_two_readers(spondyl):
    said = spondyl(
        "sample-size", "--sensitivity", 0.95, "--other-sensitivity", 0.88, "--discordant", 0.11
    )
    assert "apart from 0.88, power 0.8" in said.out
    assert "Connor 1987" in said.out


def test_nothing_expected_is_wrong_use(spondyl):
    said = spondyl("sample-size")
    assert said.code == ExitCode.WRONG_USE
    assert "at least one expected figure" in said.err
    assert said.out == ""


def test_a_share_out_of_bounds_is_one_sentence(spondyl):
    said = spondyl("sample-size", "--sensitivity", 1.2)
    assert said.code == ExitCode.WRONG_USE
    assert said.err.count("\n") == 1
    assert "found 1.2" in said.err


def test_help_has_examples(spondyl):
    said = spondyl("sample-size", "--help")
    assert "spondyl sample-size --sensitivity 0.95" in said.out
