"""Settings: checked, told about in sentences, and safe by default."""

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

from spondyl.serve.web.settings import RoomError, load_settings


def test_bound_to_this_machine_by_default() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert settings.port == 8750
    assert settings.sign_in is False
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "room.example", ""])
def test_beyond_it_only_with_sign_in(host: str) -> None:
    with pytest.raises(RoomError, match="have to sign in"):
        load_settings(None, {"host": host})
    assert load_settings(None, {"host": host, "sign_in": True}).host == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_without(host: str) -> None:
    assert load_settings(None, {"host": host}).sign_in is False


def test_a_file_with_options_over_it(tmp_path: Path) -> None:
    path = tmp_path / "room.yaml"
    path.write_text(
        "port: 9000\ndata: kept\nfilms: pictures\nsite: ours.json\nlimits: {film_mb: 50}\n"
    )
    settings = load_settings(path, {"port": 9100, "limits": {"upload_mb": 100}})
    assert settings.port == 9100
    assert settings.data_folder == tmp_path / "kept"
    assert settings.films_url == str(tmp_path / "pictures")
    assert settings.site == str(tmp_path / "ours.json")
    assert (settings.limits.film_mb, settings.limits.upload_mb) == (50, 100)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot: 1", "prot: this key is unknown"),
        ("port: 70000", "port: "),
        ("- a", "expected keys and values"),
        ("oidc: {issuer: 'https://x', client_id: y}", "oidc needs sign_in"),
        ("certificate: c.pem", "belong together"),
        ("sign_in: true\noidc: {issuer: 'https://x', client_id: y, scopes: [mail]}", "openid"),
        ("a: [", "not valid YAML"),
    ],
)
def test_mistakes_are_sentences(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "room.yaml"
    path.write_text(text)
    with pytest.raises(RoomError, match=says):
        load_settings(path)
