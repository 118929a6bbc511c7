"""Errors as problem documents (RFC 9457): one form for all, with a sentence in ``detail``."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from spondyl.serve.logs import log_error
from spondyl.serve.store.errors import StoreError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """What a request is answered when it cannot be done.

    Parameters
    ----------
    status : int
    detail : str
        A sentence for the person at the page; no patient's data.
    title : str, optional
        The status' own words by default.
    headers : dict, optional
    **more
        Further members of the document.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        title: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.title = title or _title(status)
        self.headers = headers or {}
        self.more = more


class ProblemBody(BaseModel):
    """A problem as it is sent."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def not_found(what: str = "object") -> Problem:
    """There is no such thing, or it is none of this user's: nobody can tell which."""
    return Problem(404, f"There is no such {what}.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares that it may be answered with, for its ``responses=``."""
    return {
        status: {
            "description": _title(status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status in statuses
    }


def answer(problem: Problem) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(
        {
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            **problem.more,
        },
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def answer_problems(app: FastAPI) -> None:
    """Have all errors of an application answered as problems."""

    async def own(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return answer(error)

    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        said = error.detail if error.detail and error.detail != _title(error.status_code) else ""
        return answer(
            Problem(
                error.status_code,
                said or _SENTENCES.get(error.status_code, f"{_title(error.status_code)}."),
                headers=dict(error.headers or {}),
            )
        )

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        # Never the value itself: it may be a name or a password.
        wrong = [
            {"where": ".".join(str(part) for part in item["loc"]), "what": str(item["msg"])}
            for item in error.errors()
        ]
        first = wrong[0] if wrong else {"where": "request", "what": "cannot be understood"}
        return answer(Problem(422, f"{first['where']}: {first['what']}.", errors=wrong))

    async def store(request: Request, error: Exception) -> JSONResponse:
        log_error("store_error", error, route=_route(request))
        return answer(Problem(503, "What is kept cannot be reached now; try again in a minute."))

    app.add_exception_handler(Problem, own)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(StoreError, store)


_SENTENCES = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def _route(request: Request) -> str:
    """The route's pattern: the address itself may hold what was searched for."""
    return str(getattr(request.scope.get("route"), "path", ""))


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
