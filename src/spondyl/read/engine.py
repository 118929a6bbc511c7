"""The networks, run by ONNX Runtime on the CPU."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.read.model import ModelIdentity
from spondyl.read.weights import Net, load_card, load_weights, model_identity

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ViewLogits:
    """What the view network says of n pictures; each array has shape (n,).

    Attributes
    ----------
    side : ndarray
        Logit of "the posterior side is on the right".
    inverted : ndarray
        Logit of "bone is dark".
    lumbar : ndarray
        Logit of "a lateral lumbar spine film".
    """

    side: Floats
    inverted: Floats
    lumbar: Floats


@dataclass(frozen=True)
class FinderMaps:
    """The finder's maps of one film, 112 x 80 cells of 4 network px.

    Attributes
    ----------
    levels : ndarray, shape (11, 112, 80)
        Logits of ``[background, *MAPPED_LEVELS]``.
    fracture : ndarray, shape (112, 80)
        Logits, meaningful inside bodies.
    bodies : ndarray, shape (13, 112, 80)
        Logit of the centre heat, then x and y offsets of the six points in units of 16 network px.
    """

    levels: Floats
    fracture: Floats
    bodies: Floats


@dataclass(frozen=True)
class BodyOutputs:
    """The body network's answers for n crops.

    Attributes
    ----------
    points_px : ndarray, shape (n, 6, 2)
        Crop px, order ``POINT_NAMES``.
    spread_px : ndarray, shape (n, 6)
        Expected error of each point, crop px.
    fracture : ndarray, shape (n,)
        Logit.
    loss : ndarray, shape (n, 3)
        Lost share of anterior, middle and posterior height.
    body : ndarray, shape (n,)
        Logit of "an assessable vertebral body is centred here".
    """

    points_px: Floats
    spread_px: Floats
    fracture: Floats
    loss: Floats
    body: Floats


class Networks(Protocol):
    """What a reader needs of an engine; tests put ideal maps in its place."""

    @property
    def identity(self) -> ModelIdentity:
        """Who answers."""
        ...

    def view(self, pictures: Floats) -> ViewLogits:
        """Judge n ``view_input`` pictures (n, 1, 128, 128)."""
        ...

    def finder(self, channels: Floats) -> FinderMaps:
        """Map one ``finder_input`` (2, 448, 320)."""
        ...

    def body(self, crops: Floats) -> BodyOutputs:
        """Measure n ``body_input`` crops (n, 1, 112, 112); n may be 0."""
        ...


def _usable_cores() -> int:
    """Cores that this process may use (containers and batch systems give fewer than there are)."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


class Engine:
    """Packaged (or given) weights in ONNX Runtime sessions, made at first use and shared.

    Safe to use from several threads: sessions are made under a lock and run without one.

    Parameters
    ----------
    threads : int
        Worker threads within one network run; 0 takes every core that this process may use.
    folder : Path, optional
        Weights as ``spondyl export`` writes them; the packaged ones by default.

    Raises
    ------
    WeightsError
        At the first use of a network whose file is missing or damaged.
    """

    def __init__(self, threads: int = 2, folder: Path | None = None) -> None:
        if threads < 0:
            raise ValueError(f"An engine needs 0 (every core) or more threads, found {threads}.")
        self._threads = threads or _usable_cores()
        self._folder = folder
        self._sessions: dict[Net, Any] = {}
        self._identity: ModelIdentity | None = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """Name, version and joint checksum of the three networks."""
        if self._identity is None:
            self._identity = model_identity({net: load_card(net, self._folder) for net in Net})
        return self._identity

    def warm_up(self) -> None:
        """Make all sessions now, so that the first film is as fast as the rest."""
        for net in Net:
            self._session(net)

    def view(self, pictures: Floats) -> ViewLogits:
        """Judge n ``view_input`` pictures (n, 1, 128, 128)."""
        side, inverted, lumbar = self._run(
            Net.VIEW, "film", pictures, ("side", "inverted", "lumbar")
        )
        return ViewLogits(side[:, 0], inverted[:, 0], lumbar[:, 0])

    def finder(self, channels: Floats) -> FinderMaps:
        """Map one ``finder_input`` (2, 448, 320)."""
        levels, fracture, bodies = self._run(
            Net.FINDER, "film", channels[None], ("levels", "fracture", "bodies")
        )
        return FinderMaps(levels[0], fracture[0, 0], bodies[0])

    def body(self, crops: Floats) -> BodyOutputs:
        """Measure n ``body_input`` crops (n, 1, 112, 112); n may be 0."""
        if len(crops) == 0:
            none = np.zeros(0, np.float32)
            return BodyOutputs(
                np.zeros((0, 6, 2), np.float32), np.zeros((0, 6), np.float32), none,
                np.zeros((0, 3), np.float32), none,
            )  # fmt: skip
        points, spread, fracture, loss, body = self._run(
            Net.BODY, "crop", crops, ("points", "spread", "fracture", "loss", "body")
        )
        return BodyOutputs(points, spread, fracture[:, 0], loss, body[:, 0])

    def _run(self, net: Net, name: str, array: Floats, outputs: tuple[str, ...]) -> list[Floats]:
        feed = {name: np.ascontiguousarray(array, dtype=np.float32)}
        answer: list[Floats] = self._session(net).run(list(outputs), feed)
        return answer

    def _session(self, net: Net) -> Any:
        session = self._sessions.get(net)
        if session is None:
            with self._lock:
                session = self._sessions.get(net)
                if session is None:
                    session = self._sessions[net] = self._make_session(net)
        return session

    def _make_session(self, net: Net) -> Any:
        # Imported here: it takes a fifth of a second, and `spondyl --help` must not pay for it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # The arena keeps the peak of the largest film for ever; plain malloc gives it back.
        options.enable_cpu_mem_arena = False
        # Spinning workers would burn the cores that prepare the next film.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        weights = load_weights(net, self._folder)
        return onnxruntime.InferenceSession(
            weights.content, options, providers=["CPUExecutionProvider"]
        )
