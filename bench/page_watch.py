"""What a page of the reading room shows, and when: told by its browser's own clock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.room_kit import PATIENCE_S, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SCREEN = (1366, 768)
#: The page fetches the viewer's code and settles; nobody is as quick as a script.
CALM_S = 2.0

# Runs before the page's own code, by DevTools: the page's policy for scripts does not concern it.
_WATCH = """
(() => {
  const watch = {
    made: null, rows: null, key: null, drop: null, wanted: null, found: null, text: "",
  };
  window.benchWatch = watch;
  // What changed is on the screen after the next frame.
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  });
  const look = () => {
    if (watch.rows === null && document.querySelector("[role=row][data-film]")) {
      watch.made = performance.now();
      watch.rows = 0;
      painted((at) => { watch.rows = at; });
    }
    if (watch.wanted === null) return;
    for (const row of document.querySelectorAll("[role=row][data-film]")) {
      if (!row.textContent.includes(watch.wanted)) continue;
      const badge = row.querySelector(".badge");
      if (!badge || /^(Waiting|Reading)/.test(badge.textContent)) continue;
      watch.wanted = null;
      watch.text = badge.textContent;
      painted((at) => { watch.found = at; });
      return;
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
  addEventListener("keydown", (event) => { watch.key = event.timeStamp; }, true);
  for (const kind of ["drop", "change"])
    addEventListener(kind, (event) => { watch.drop = event.timeStamp; }, true);
})();
"""
#: Look out for a film's finding.
WANT = "(name) => Object.assign(benchWatch, { drop: null, found: null, wanted: name })"
#: When the room had answered that it took the film dropped at a time.
HANDED = """
(since) => performance.getEntriesByType("resource")
  .filter((one) => one.name.endsWith("/api/v1/films") && one.startTime >= since)
  .map((one) => one.responseEnd)[0] ?? null
"""
#: From navigation to the list's request, to its answer.
LISTED = """
() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/api/v1/films?"))
  .map((one) => [one.startTime, one.responseEnd])[0]
"""
OPENED = 'performance.getEntriesByName("film-open-end").length'
#: Milliseconds from key to open film, and between the viewer's own marks.
OPENING = """
() => {
  const end = performance.getEntriesByName("film-open-end").at(-1).startTime;
  const start = performance.getEntriesByName("film-open-start").at(-1).startTime;
  return [end - benchWatch.key, end - start];
}
"""


@dataclass(frozen=True)
class Visit:
    """Milliseconds since a navigation to the worklist.

    Attributes
    ----------
    asked_ms, answered_ms : float
        The page asks for its list; has the answer.
    made_ms : float
        The first rows are in the document.
    painted_ms : float
        The first rows are on the screen.
    """

    asked_ms: float
    answered_ms: float
    made_ms: float
    painted_ms: float


def watched(chromium: "Browser") -> "BrowserContext":
    """A browser with nothing in its cache, whose pages are watched."""
    context = chromium.new_context(
        viewport={"width": SCREEN[0], "height": SCREEN[1]}, color_scheme="dark", locale="en-GB"
    )
    context.add_init_script(_WATCH)
    return context


def wait_for(page: "Page", question: str, what: str, patience_s: float = PATIENCE_S) -> Any:
    """The page's answer to a question once it is true; asked from without, for its policy allows
    no waiting by a string inside of it.

    Raises
    ------
    TimeoutError
        If it never is.
    """
    return until(lambda: page.evaluate(question), what, patience_s)


def wait_rows(page: "Page") -> float:
    """When the first rows were painted, in milliseconds since the navigation."""
    return float(wait_for(page, "benchWatch.rows", "the worklist shows its rows"))


def visit(context: "BrowserContext", url: str) -> Visit:
    """Open the worklist in a tab of its own."""
    page = context.new_page()
    page.goto(url)
    painted = wait_rows(page)
    asked, answered = page.evaluate(LISTED)
    made = page.evaluate("benchWatch.made")
    page.wait_for_timeout(1000 * CALM_S)
    page.close()
    return Visit(asked, answered, made, painted)
