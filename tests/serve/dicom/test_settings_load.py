from pathlib import Path
from typing import Any

import pytest

from spondyl.serve.dicom.errors import ConfigError
from spondyl.serve.dicom.settings_load import load_config, parse_config

PLAIN = {
    "allow": [{"ae_title": "CT1"}],
    "queue": {"folder": "queue"},
    "destinations": [{"name": "pacs", "dicom": {"ae_title": "PACS", "host": "pacs"}}],
}


def _sentence(**changes: Any) -> str:
    with pytest.raises(ConfigError) as found:
        parse_config({**PLAIN, **changes}, "node.yaml")
    return str(found.value)


def test_localhost_sr_and_sc_for_all_unless_told_otherwise() -> None:
    config = parse_config(PLAIN)
    assert config.listen.address == "127.0.0.1"
    assert config.metrics is not None
    assert config.metrics.address == "127.0.0.1"
    (route,) = config.all_routes()
    assert (route.results, route.to) == (("sr", "sc"), ("pacs",))


def test_relative_paths_start_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(
        "allow: [{ae_title: CT1}]\nqueue: {folder: q}\n"
        "destinations: [{name: a, dicom: {ae_title: A, host: a}}]\n"
    )
    assert load_config(path).queue.folder == tmp_path / "q"


class TestSentences:
    def test_unknown_and_missing_keys(self) -> None:
        assert "node.yaml: alow: this key is unknown" in _sentence(alow=[])
        with pytest.raises(ConfigError, match="queue: this key is needed"):
            parse_config({key: value for key, value in PLAIN.items() if key != "queue"})

    def test_nobody_may_call_or_nobody_is_sent_to(self) -> None:
        assert "no film can come in" in _sentence(allow=[])
        assert "no result can go out" in _sentence(destinations=[])
        assert "needs an ae_title, an address, or both" in _sentence(allow=[{}])

    def test_host_names_are_no_addresses(self) -> None:
        assert "no host name" in _sentence(allow=[{"address": "ct1.hospital"}])

    def test_titles_are_as_dicom_wants_them(self) -> None:
        assert "1 to 16 characters, found 'A TITLE THAT IS LONG'" in _sentence(
            ae_title="A TITLE THAT IS LONG"
        )

    def test_a_route_to_nowhere(self) -> None:
        said = _sentence(routes=[{"to": ["archive"]}])
        assert "no destination is named 'archive'; known are pacs" in said

    def test_two_destinations_of_one_name(self) -> None:
        assert "two are named 'pacs'" in _sentence(destinations=PLAIN["destinations"] * 2)

    def test_a_destination_by_two_ways_or_none(self) -> None:
        assert "either dicom or dicomweb" in _sentence(destinations=[{"name": "pacs"}])

    def test_files_and_secrets_that_are_not_there(self) -> None:
        tls = {"certificate": "no.pem", "private_key": "no.key"}
        assert "the file no.pem does not exist" in _sentence(listen={"tls": tls})
        web = {"url": "https://pacs/dicom-web", "login": {"token_variable": "NOT_SET_HERE"}}
        said = _sentence(destinations=[{"name": "web", "dicomweb": web}])
        assert "the environment variable NOT_SET_HERE is not set" in said
        assert "does not exist" in _sentence(folders=[{"folder": "nowhere"}])

    def test_not_yaml_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "node.yaml"
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(path)
        path.write_text("a: [")
        with pytest.raises(ConfigError, match="not valid YAML"):
            load_config(path)
        path.write_text("just text")
        with pytest.raises(ConfigError, match="expected keys and values"):
            load_config(path)
