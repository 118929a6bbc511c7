"""Results to a destination by STOW-RS, and the HTTP session that DICOMweb goes through."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from spondyl.serve.dicom.errors import DestinationError
from spondyl.serve.dicom.model import Parcel
from spondyl.serve.dicom.send import Answer, Reply
from spondyl.serve.dicom.settings_ways import WebSettings

if TYPE_CHECKING:
    from dicomweb_client import DICOMwebClient

#: HTTP answers that say no for good: the object, not the moment, is at fault.
_FOR_GOOD = frozenset({400, 406, 409, 413, 415, 422})


class WebWay:
    """STOW-RS to one destination.

    Parameters
    ----------
    settings : WebSettings
    """

    def __init__(self, settings: WebSettings) -> None:
        self._client = web_client(settings)

    def send(
        self,
        parcels: Sequence[Parcel],
        told: Callable[[Parcel, Reply], None],
        stopping: Callable[[], bool],
    ) -> None:
        """Send results, a request each; see :class:`spondyl.serve.dicom.send.Way`."""
        for parcel in parcels:
            if stopping():
                return
            told(parcel, self._store(parcel))

    def _store(self, parcel: Parcel) -> Reply:
        import pydicom
        import requests

        try:
            dataset = pydicom.dcmread(parcel.made.path)
        except Exception:
            return Reply(Answer.REFUSED, "The result's file is gone or damaged; requeue the film.")
        try:
            answer = self._client.store_instances([dataset])
        except requests.HTTPError as error:
            code = 0 if error.response is None else error.response.status_code
            if code in _FOR_GOOD:
                return Reply(Answer.REFUSED, f"It refused the object (HTTP {code}).")
            raise DestinationError(f"It answered with HTTP {code}.") from None
        except requests.RequestException as error:
            raise DestinationError(f"It cannot be reached ({type(error).__name__}).") from None
        failed = answer.get("FailedSOPSequence") or []
        if failed:
            reason = failed[0].get("FailureReason")
            return Reply(Answer.REFUSED, f"It refused the object (reason {reason}).")
        return Reply(Answer.TAKEN)


def web_client(settings: WebSettings) -> "DICOMwebClient":
    """A client that waits no longer than it is told to, and leaves trying again to the queue."""
    from dicomweb_client import DICOMwebClient

    client = DICOMwebClient(url=settings.url.rstrip("/"), session=_session(settings))
    client.set_http_retry_params(retry=False)
    return client


def _session(settings: WebSettings) -> Any:
    import requests
    from requests.adapters import HTTPAdapter

    class Patient(HTTPAdapter):
        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            kwargs["timeout"] = settings.timeout_s
            return super().send(request, *args, **kwargs)

    session = requests.Session()
    # A proxy or a netrc of the environment is for people, not for a node beside its archive.
    session.trust_env = False
    session.mount("http://", Patient())
    session.mount("https://", Patient())
    if settings.ca is not None:
        session.verify = str(settings.ca)
    login = settings.login
    if login is not None and login.user is not None and login.password_variable is not None:
        session.auth = (login.user, os.environ[login.password_variable])
    if login is not None and login.token_variable is not None:
        session.headers["Authorization"] = f"Bearer {os.environ[login.token_variable]}"
    return session
