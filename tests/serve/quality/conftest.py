"""The same room as for projects."""

import pytest

pytest.importorskip("fastapi", reason="the extra [serve] is not installed")

from tests.serve.projects.conftest import _no_networks, client, guarded, room_app, signed_client

__all__ = ["_no_networks", "client", "guarded", "room_app", "signed_client"]
