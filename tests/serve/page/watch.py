"""What a browser asked for, and what went wrong in it, from its first page to its last."""

from collections.abc import Sequence

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

#: What Chromium says of a machine that draws without a graphics card.
_DRIVER = ("warning: [GroupMarkerNotSet", "warning: [.WebGL", "warning: WebGL")


class Watch:
    """Looks on at all pages of a browser.

    Parameters
    ----------
    context : BrowserContext
    home : str
        The only address that may be asked.
    refusals : sequence of str
        Status codes that the room is expected to answer with; a browser tells each as an error.
    """

    def __init__(self, context: BrowserContext, home: str, refusals: Sequence[str] = ()) -> None:
        self._context, self._home = context, home
        self._refusals = [f"with a status of {each} " for each in refusals]
        self.asked: list[str] = []
        self.broken: list[str] = []
        self.said: list[str] = []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("page", self._page)

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def close(self) -> None:
        """End the browser's session."""
        self._context.close()

    def check(self) -> None:
        """Nothing left the room, nothing broke, and the console holds no error and no warning."""
        away = [url for url in self.asked if not self._at_home(url)]
        assert self.asked
        assert not away, f"The page asked elsewhere: {away}"
        assert not self.broken, f"The page broke: {self.broken}"
        said = [line for line in self.said if line.startswith(("error:", "warning:"))]
        said = [line for line in said if not any(word in line for word in self._refusals)]
        said = [line for line in said if not line.startswith(_DRIVER)]
        assert not said, f"The console says: {said}"

    def _at_home(self, url: str) -> bool:
        return url.startswith((f"{self._home}/", f"blob:{self._home}/", "data:", "about:"))
