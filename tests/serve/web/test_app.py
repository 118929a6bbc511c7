"""The interface as a whole: described, guarded, stable."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from spondyl.serve.web.routes import decisions, films, live, projects, quality, session, users

#: What may be asked by somebody who is not signed in.
OPEN = {
    "get_ways_in", "sign_in", "sign_out", "oidc_start", "oidc_callback",
    "get_health", "get_readiness", "get_metrics",
}  # fmt: skip


@pytest.fixture
def described(room_app: Callable[..., FastAPI]) -> dict:
    return room_app(sign_in=True).openapi()


def _operations(described: dict) -> list[tuple[str, str, dict]]:
    return [
        (method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_a_name_of_its_own_and_a_summary(described: dict) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(described)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)
    assert all(operation.get("summary") for _, _, operation in _operations(described))


def test_every_router_is_in_it(described: dict) -> None:
    tags = {tag for _, _, operation in _operations(described) for tag in operation["tags"]}
    for module in (decisions, films, live, projects, quality, session, users):
        assert set(map(str, module.router.tags)) <= tags


def test_all_but_the_way_in_needs_a_sign_in(described: dict) -> None:
    for _, path, operation in _operations(described):
        if operation["operationId"] not in OPEN:
            assert "401" in operation["responses"], f"{path}: 401 is not declared"


def test_errors_are_declared_as_problems(described: dict) -> None:
    for method, path, operation in _operations(described):
        for status, answer in operation["responses"].items():
            if status.startswith("4"):
                content = answer.get("content", {})
                assert "application/problem+json" in content, f"{method} {path} {status}"


def test_nobody_unknown_gets_anything(room_app: Callable[..., FastAPI], described: dict) -> None:
    from fastapi.testclient import TestClient

    with TestClient(room_app(sign_in=True), base_url="http://127.0.0.1") as client:
        for method, path, operation in _operations(described):
            if operation["operationId"] in OPEN:
                continue
            filled = path
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    filled = filled.replace(
                        f"{{{parameter['name']}}}", "7d444840-9dc0-41d1-b245-5ffdce74fad2"
                    )
            status = client.request(method.upper(), filled).status_code
            assert status == 401, f"{method} {path}: {status}"
