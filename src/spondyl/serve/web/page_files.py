"""The built page: its files, and its first document for every address that is the page's own."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from spondyl.serve.web.problems import Problem

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "page"
_COMPRESSED = (".js", ".css", ".html", ".svg", ".json", ".wasm", ".txt")
#: The worklist's first question, word for word as the page asks it: the browser asks it while the
#: page's code is still on its way, and hands the answer to that code.
LIST_AHEAD = (
    "</api/v1/films?sort=suspicion&filter=all&limit=50>; rel=preload; as=fetch; crossorigin"
)
#: Not left to the machine's own table, which may know them otherwise.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".json": "application/json",
}


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
def page_file(path: str, request: Request) -> Response:
    """A file of the page, or the page itself."""
    if path == "api" or path.startswith("api/"):
        raise Problem(404, "There is nothing at this address.")
    file = _inside(path)
    if file is None:
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise Problem(404, "There is nothing at this address.")
        file = _inside("index.html")
    if file is None:
        raise Problem(503, "The page is not built here; run `make page` in the source's folder.")
    stat = file.stat()
    content, packed, tag = _content(file, stat.st_mtime_ns, stat.st_size)
    headers = {
        "ETag": tag,
        "Vary": "Accept-Encoding",
        # Names under assets/ hold a hash of what they are; all others are asked for anew.
        "Cache-Control": "public, max-age=31536000, immutable"
        if path.startswith("assets/")
        else "no-cache",
    }
    if path == "" and not request.url.query:
        headers["Link"] = LIST_AHEAD
    if tag in (each.strip() for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = packed, "gzip"
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    return Response(content, media_type=kind or "application/octet-stream", headers=headers)


def _inside(path: str) -> Path | None:
    """A file of the page's folder, and of no other."""
    if "\0" in path or "\\" in path:
        return None
    try:
        file = (FOLDER / path).resolve()
        return file if file.is_relative_to(FOLDER.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # a name too long
        return None


@lru_cache(maxsize=256)
def _content(file: Path, _changed: int, _size: int) -> tuple[bytes, bytes | None, str]:
    content = file.read_bytes()
    packed = gzip.compress(content, 6, mtime=0) if file.suffix in _COMPRESSED else None
    return content, packed, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
