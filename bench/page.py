"""How soon the reading room's page answers: a real room in a process of its own, and Chromium.

From drop to findings for one film, the next film where it was fetched ahead, and the worklist of
many films (made rows without pictures). Each is told as median and as the worst of its repeats.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/page.py` finds `bench`

from bench.goals import Figure, parser, tell
from bench.page_watch import (
    CALM_S,
    HANDED,
    OPENED,
    OPENING,
    WANT,
    Visit,
    visit,
    wait_for,
    wait_rows,
    watched,
)
from bench.room_kit import RoomProcess, browser, drop, machine, until, variant
from bench.room_kit import chromium as chromium_here

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FILM = "several-fractures.png"
DROP_GOAL_MS = 1000.0
NEXT_GOAL_MS = 200.0
LIST_GOAL_MS = 300.0
#: As many films as one page of the list holds.
_MOST_REPEATS = 150


@dataclass(frozen=True)
class Dropped:
    """Milliseconds of one film from the drop on.

    Attributes
    ----------
    handed_ms : float or None
        Until the room has answered that it took the film.
    found_ms : float
        Until its finding is painted.
    """

    handed_ms: float | None
    found_ms: float


def main() -> int:
    """Measure, and print the figures beside their goals."""
    arguments = parser(__doc__)
    arguments.add_argument("--films", type=int, default=5000, help="of the long worklist")
    arguments.add_argument("--repeat", type=int, default=10, help="times that each is measured")
    arguments.add_argument("--side", type=int, help="longer side of a dropped film, px")
    arguments.add_argument("--out", type=Path, metavar="FILE", help="write the same there, as JSON")
    given = arguments.parse_args()
    lacking = missing()
    if lacking:
        print(lacking, file=sys.stderr)
        return 2
    if given.films < 1 or not 1 <= given.repeat <= _MOST_REPEATS:
        limits = f"expected at least 1, and at most {_MOST_REPEATS} repeats"
        print(f"--films {given.films} --repeat {given.repeat}: {limits}.", file=sys.stderr)
        return 2

    facts: dict[str, object] = dict(machine())
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        facts["browser"] = f"Chromium {chromium.version}"
        work = Path(name)
        few, readings, more = few_films(chromium, work, given.repeat, given.side)
        many = many_films(chromium, work / "many", readings, given.films, given.repeat)
    facts |= {**more, "films in the worklist": given.films, "repeats": given.repeat}
    figures = (*few, *many)
    if given.out is not None:
        rows = [asdict(figure) | {"met": figure.met} for figure in figures]
        given.out.write_text(json.dumps({"facts": facts, "figures": rows}, indent=1) + "\n")
    return tell(figures, given, facts)


def missing() -> str:
    """What cannot be done without, as a sentence; "" where nothing lacks."""
    if find_spec("fastapi") is None:
        return 'The reading room is not installed; run: pip install "spondyl[serve]"'
    if find_spec("playwright") is None:
        return "Playwright was expected, to ask a browser; run: pip install playwright"
    if chromium_here() is None:
        return "Chromium was expected on this machine; install Debian's chromium."
    return ""


def told(
    name: str, times: Sequence[float], goal: float | None = None, note: str = ""
) -> list[Figure]:
    """Median, held against the goal, and worst of times in milliseconds."""
    if not times:
        return [Figure(name, None, "ms", goal, at_most=True, note=note)]
    worst = f"  {name}: worst of {len(times)}"
    return [
        Figure(name, statistics.median(times), "ms", goal, at_most=True, note=note, n=len(times)),
        Figure(worst, max(times), "ms"),
    ]


# ---- a few films: dropped, opened ----------------------------------------------------------------


def few_films(
    chromium: "Browser", work: Path, repeat: int, side_px: int | None
) -> tuple[list[Figure], list[dict[str, Any]], dict[str, object]]:
    """Drop films on a room's page, one by one, then go through them.

    Returns
    -------
    figures : list of Figure
    readings : list of dict
        ``spondyl.reading/1`` of the films.
    facts : dict
    """
    room = RoomProcess(work / "few")
    try:
        room.start()
        client = room.client()
        # The first reading after a start loads the networks; it is told of by `bench/speed.py`.
        client.hand_in({"warm.png": variant(FILM, 0, side_px)})
        client.wait_read(1)
        dropped, way = drop_films(chromium, room, work, repeat, side_px)
        films = [client.get(f"/films/{each['id']}") for each in client.wait_read(repeat + 1)]
        pressed, marked = open_next(chromium, room, repeat)
    finally:
        room.stop()
    handed = [each.handed_ms for each in dropped if each.handed_ms is not None]
    figures = [
        *told("drop to finding, one film", [each.found_ms for each in dropped], DROP_GOAL_MS),
        *told("  of it until the room has the film", handed)[:1],
        *told("key to the next film, fetched ahead", pressed, NEXT_GOAL_MS),
        *told("  of it from film-open-start to film-open-end", marked)[:1],
    ]
    size = f"{films[0]['width']} x {films[0]['height']} px" if "width" in films[0] else ""
    facts: dict[str, object] = {"film": f"{FILM} {size}".strip(), "handed over by": way}
    return figures, [film["reading"] for film in films], facts


def drop_films(
    chromium: "Browser", room: RoomProcess, work: Path, repeat: int, side_px: int | None
) -> tuple[list[Dropped], str]:
    """Times of films dropped one by one on a page that stands open, and how they were dropped."""
    times = []
    way = "drop"
    context = watched(chromium)
    page = context.new_page()
    page.goto(f"{room.url}/?sort=received")
    wait_rows(page)
    page.wait_for_timeout(1000 * CALM_S)
    for number in range(repeat):
        path = work / f"dropped-{number}.png"
        path.write_bytes(variant(FILM, 1 + number, side_px))
        page.wait_for_timeout(1000 * CALM_S)
        page.evaluate(WANT, path.name)
        way = hand_over(page, path, way)
        found = wait_for(page, "benchWatch.found", "a dropped film's finding is shown")
        text = page.evaluate("benchWatch.text")
        if text == "Failed":
            raise SystemExit(f"The room could not read {path.name}; see its log.\n{room.log()}")
        start = page.evaluate("benchWatch.drop")
        handed = page.evaluate(HANDED, start)
        times.append(Dropped(None if handed is None else handed - start, found - start))
    context.close()
    return times, way


def hand_over(page: "Page", path: Path, way: str) -> str:
    """Drop a file on the page; by its file field where the browser takes no drop from a script."""
    if way == "drop":
        drop(page, [path])
        try:
            wait_for(page, "benchWatch.drop", "the page takes the drop", 3)
        except TimeoutError:
            way = "file field"
    if way != "drop":
        page.locator("input[data-pick=films]").set_input_files(path)
        wait_for(page, "benchWatch.drop", "the page takes the file", 10)
    return way


def open_next(
    chromium: "Browser", room: RoomProcess, repeat: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from key to picture, and between the viewer's marks, film after film."""
    client = room.client()
    order = [film["id"] for film in client.get("/films", sort="suspicion", limit=200)["items"]]
    context = watched(chromium)
    page = context.new_page()
    ended: set[str] = set()
    page.on("requestfinished", lambda request: ended.add(request.url))
    page.goto(f"{room.url}/films/{order[0]}")
    wait_for(page, f"{OPENED} >= 1", "the first film is open")
    rows = []
    for number, film_id in enumerate(order[1 : repeat + 1], 2):
        until(partial(fetched, page, ended, film_id), "the next film is fetched ahead")
        page.wait_for_timeout(1000 * CALM_S)
        page.keyboard.press("j")
        wait_for(page, f"{OPENED} >= {number}", "the next film is open")
        if not page.url.endswith(film_id):
            raise SystemExit("The page went to another film than the worklist's next; run again.")
        rows.append(page.evaluate(OPENING))
    context.close()
    return [row[0] for row in rows], [row[1] for row in rows]


def fetched(page: "Page", ended: set[str], film_id: str) -> bool:
    """The film's pixels have come; asking lets the browser's news in."""
    page.evaluate("0")
    return any(url.endswith(f"/films/{film_id}/pixels") for url in ended)


# ---- many films: the worklist --------------------------------------------------------------------


def many_films(
    chromium: "Browser",
    folder: Path,
    readings: Sequence[Mapping[str, Any]],
    count: int,
    repeat: int,
) -> list[Figure]:
    """The worklist of a room with many films: its first visit, later ones, and its request."""
    from bench.page_rows import fill  # needs the extra [serve]

    fill(folder, readings, count)
    room = RoomProcess(folder)
    try:
        room.start()
        request = list_request(room, repeat)
        first, again = [], []
        for _ in range(repeat):
            # A browser of its own: what the room remembers is warm, what the browser does is not.
            context = watched(chromium)
            first.append(visit(context, room.url))
            again.append(visit(context, room.url))
            context.close()
    finally:
        room.stop()
    name = f"worklist of {count:,} films"
    return [
        *visits(f"{name}, opened again", again),
        *visits(f"{name}, first visit", first),
        *told("its own request, 50 films", request, note="GET /api/v1/films"),
    ]


def visits(name: str, rows: Sequence[Visit]) -> list[Figure]:
    """Figures of pages opened one after the other."""
    return [
        *told(name, [each.painted_ms for each in rows], LIST_GOAL_MS),
        *told("  of it until the list is asked for", [each.asked_ms for each in rows])[:1],
        *told("  of it until it is answered", [each.answered_ms for each in rows])[:1],
        *told("  of it until rows are in the document", [each.made_ms for each in rows])[:1],
    ]


def list_request(room: RoomProcess, repeat: int) -> list[float]:
    """Milliseconds of the list's first page over HTTP, without a browser."""
    client = room.client()

    def ask() -> float:
        start = time.perf_counter()
        client.get("/films", sort="suspicion", limit=50)
        return 1e3 * (time.perf_counter() - start)

    ask()  # the first one opens the database
    return [ask() for _ in range(repeat)]


if __name__ == "__main__":
    sys.exit(main())
