"""Signing in by OpenID Connect: to the provider and back (authorization code with PKCE)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from spondyl.serve.logs import log, log_error
from spondyl.serve.web.auth import oidc, sessions
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.room import TheRoom

router = APIRouter(tags=["session"])

_SORRY = "/sign-in?failed=oidc"


@router.get(
    "/oidc/start",
    status_code=302,
    response_class=RedirectResponse,
    responses=problems(404, 503),
)
async def oidc_start(request: Request, room: TheRoom) -> RedirectResponse:
    """Send the browser to the provider."""
    client = oidc.client_of(room)
    if client is None:
        raise Problem(404, "This room has no sign-in by OpenID Connect.")
    try:
        return await client.authorize_redirect(request, oidc.callback_url(request, room))
    except oidc.UNREACHABLE as error:
        log_error("oidc_unreachable", error)
        raise Problem(503, "The sign-in of your organisation does not answer now.") from None


@router.get(
    "/oidc/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(404),
)
async def oidc_callback(request: Request, room: TheRoom) -> RedirectResponse:
    """Take the provider's answer; whatever is wrong with it leads back to the sign-in page."""
    client = oidc.client_of(room)
    if client is None:
        raise Problem(404, "This room has no sign-in by OpenID Connect.")
    try:
        token = await client.authorize_access_token(
            request, claims_options=oidc.expected_claims(room)
        )
        claims = token.get("userinfo") or {}
        cookie = await run_in_threadpool(oidc.sign_in, room, claims)
    except oidc.FAULTS as error:
        # The kind alone: descriptions come from outside.
        log("oidc_refused", error=type(error).__name__)
        room.metrics.sign_ins.labels("oidc", "refused").inc()
        return RedirectResponse(_SORRY, status_code=303)
    room.metrics.sign_ins.labels("oidc", "done").inc()
    response = RedirectResponse("/", status_code=303)
    sessions.set_cookie(response, request, room, cookie)
    return response
