"""What a browser asked for, and what went wrong in it, from its first page to its last."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request


class Watch:
    """Looks on at all pages of a browser.

    Parameters
    ----------
    context : BrowserContext
    home : str
        The only address that may be asked.
    """

    def __init__(self, context: BrowserContext, home: str) -> None:
        self._context, self._home = context, home
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
        """Nothing left the room, nothing broke, nothing was refused by the policy."""
        away = [url for url in self.asked if not self._at_home(url)]
        assert self.asked
        assert not away, f"The page asked elsewhere: {away}"
        assert not self.broken, f"The page broke: {self.broken}"
        policy = [line for line in self.said if "Content Security Policy" in line]
        assert not policy, policy

    def _at_home(self, url: str) -> bool:
        return url.startswith((f"{self._home}/", f"blob:{self._home}/", "data:", "about:"))
