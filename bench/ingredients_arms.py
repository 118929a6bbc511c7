"""Small body networks, each trained without one ingredient of the simulation, and their tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from spondyl.anatomy import JUDGED_LEVELS, Level, Shape
from spondyl.film import load_film
from spondyl.geometry import body_frame, mirror
from spondyl.labels import FilmLabel, load_dataset
from spondyl.network import BodyNet
from spondyl.network.body_net import BodyNetConfig
from spondyl.network.losses import BodyLossWeights, body_loss
from spondyl.read.prepare import body_input
from spondyl.simulate.cache import GeometryStore
from spondyl.simulate.chain import HELD_BACK_SITES, Look, expose
from spondyl.simulate.collapse import Collapse, collapse_film, collapsible
from spondyl.simulate.maps import PathMaps
from spondyl.train.body_data import body_samples, jittered
from spondyl.train.config import BodySettings, FramingSettings
from spondyl.train.framing import Framing, label_box, move_label, warp_maps
from spondyl.train.sources import Picture
from spondyl.train.types import Sample

Change = Callable[[Look], Look]

#: Half the widths of the shipped network, and as many crops of a film as it has bodies.
NETWORK = BodyNetConfig(widths=(8, 16, 32, 64), decoder_widths=(24, 12, 8), head_width=48)
CROPS = BodySettings(normal_keep=1.0, scale=0.10, shift=0.07)
FRAMES = FramingSettings(trim=0.4)
COLLAPSE_SHARE = 0.6
BATCH = 32
RATE = 3e-3
#: Height losses pressed into real bodies for the test.
LOSSES = (0.25, 0.35)


@dataclass(frozen=True)
class Arm:
    """One training: what is left out of it.

    Attributes
    ----------
    name : str
    site : str or None
        Imaging chain; None is the simulator's mixture.
    change : callable
        Takes an ingredient out of a drawn look.
    metal, mimics : bool
        Implants in the picture; films with hard normal bodies.
    collapse_share : float
        Share of films into which fractures are pressed.
    """

    name: str
    site: str | None = None
    change: Change = lambda look: look
    metal: bool = True
    mimics: bool = True
    collapse_share: float = COLLAPSE_SHARE


def _without_noise(look: Look) -> Look:
    detector = replace(look.detector, quanta_per_mm2=1e7, electronic_noise=0.0, reader_blur_mm=0.0)
    beam = replace(look.beam, focus_blur_mm=0.05, motion_mm=0.0)
    carrier = replace(look.carrier, reduce_factor=1.0, jpeg_quality=0)
    return replace(look, detector=detector, beam=beam, carrier=carrier)


def _without_scatter(look: Look) -> Look:
    return replace(look, beam=replace(look.beam, scatter_fraction=0.0, heel=0.0))


def _without_texture(look: Look) -> Look:
    return replace(look, beam=replace(look.beam, texture=0.0))


def _without_processing(look: Look) -> Look:
    plain = replace(
        look.processing,
        edge_gains=tuple(0.0 for _ in look.processing.edge_gains),
        compression=0.0,
        equalise_clip=0.0,
        denoise=0.0,
    )
    return replace(look, processing=plain)


def _without_objects(look: Look) -> Look:
    objects = replace(
        look.objects, lattice=0.0, seams=0, markers=0, letterings=0, legends=0, electrodes=0,
        ruler=False, collimation=False, shutter=False, lightbox=False, letterbox=False,
        round_field=False,
    )  # fmt: skip
    carrier = replace(look.carrier, dust=0, scratches=0, wear=0)
    return replace(look, objects=objects, carrier=carrier)


def _plain(look: Look) -> Look:
    for change in (
        _without_noise,
        _without_scatter,
        _without_texture,
        _without_processing,
        _without_objects,
    ):
        look = change(look)
    return look


ALL, NONE = "all", "every one of these"
ARMS: Mapping[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm(ALL),
        Arm("variety of chains", site="cr-2000s"),
        Arm("noise and blur", change=_without_noise),
        Arm("scatter", change=_without_scatter),
        Arm("anatomical clutter", change=_without_texture),
        Arm("processing", change=_without_processing),
        Arm("things on the film, implants", change=_without_objects, metal=False),
        Arm("hard normal bodies", mimics=False),
        Arm("pressed-in fractures", collapse_share=0.0),
        Arm(NONE, site="cr-2000s", change=_plain, metal=False, mimics=False, collapse_share=0.0),
    )
}


@dataclass(frozen=True)
class _Scene:
    """A geometry that is exposed as an arm says."""

    maps: PathMaps
    label: FilmLabel
    arm: Arm

    @property
    def pitch_mm(self) -> float | None:
        return float(self.maps.pitch_mm)

    def picture(self, framing: Framing, rng: np.random.Generator) -> Picture:
        label = move_label(self.label, framing.to_view, framing.size_px)
        maps = warp_maps(self.maps, framing)
        if not self.arm.metal:
            maps = replace(maps, metal_mm=np.zeros_like(maps.metal_mm))
        look = self.arm.change(Look.draw(rng, self.arm.site))
        return Picture(expose(maps, look, rng, keep_px=label_box(label)), label, True)


def has_mimic(label: FilmLabel) -> bool:
    """A body of the film mimics a fracture (its notes name the level)."""
    notes = label.extra.get("notes", ())
    return isinstance(notes, list | tuple) and any(":" in str(note) for note in notes)


def samples(
    paths: Sequence[Path], arm: Arm, seed: int, share: float | None = None
) -> Iterator[Sample]:
    """Crops without end from the geometries that the arm may use."""
    number = 0
    while True:
        rng = np.random.default_rng([seed, number])
        number += 1
        path = paths[int(rng.integers(len(paths)))]
        maps, label = GeometryStore(path.parent).load(path)
        if not arm.mimics and has_mimic(label):
            continue
        wanted = arm.collapse_share if share is None else share
        yield from body_samples(_Scene(maps, label, arm), rng, CROPS, FRAMES, wanted)


def train_arm(
    paths: Sequence[Path],
    arm: Arm,
    seed: int,
    crops: int,
    progress: Callable[[int], None],
    start: Mapping[str, torch.Tensor] | None = None,
) -> BodyNet:
    """Train a small network on ``crops`` crops; the same seed draws the same patients.

    ``start`` are the weights to go on from, by name; by default new ones.
    """
    torch.manual_seed(seed)
    network = BodyNet(NETWORK).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        network.load_state_dict(start)
    steps = max(2, crops // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    stream = samples(paths, arm, seed)
    weights = BodyLossWeights()
    held: list[Sample] = []
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        # Crops of one film are scattered over several batches.
        while len(held) < 4 * BATCH:
            held.append(next(stream))
        chosen = rng.permutation(len(held))
        batch = _batch([held[int(k)] for k in chosen[:BATCH]])
        held = [held[int(k)] for k in chosen[BATCH:]]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = network(batch["crop"].to(memory_format=torch.channels_last))
        loss = torch.stack(list(body_loss(outputs, batch, weights).values())).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        progress(BATCH)
    return network.eval()


def _batch(part: Sequence[Sample]) -> dict[str, torch.Tensor]:
    return {key: torch.from_numpy(np.stack([np.asarray(s[key]) for s in part])) for key in part[0]}


@dataclass(frozen=True)
class TestSet:
    """Fixed crops with their truth.

    Attributes
    ----------
    crops : ndarray, float32, (n, 1, 112, 112)
    points : ndarray, float32, (n, 6, 2)
        Crop pixels, NaN where unknown.
    height : ndarray, float32, (n,)
        Height of the body, crop pixels.
    fractured : ndarray, bool, (n,)
    measured : ndarray, bool, (n,)
        The points are a reader's own and count for the corner error.
    """

    crops: NDArray[np.float32]
    points: NDArray[np.float32]
    height: NDArray[np.float32]
    fractured: NDArray[np.bool_]
    measured: NDArray[np.bool_]


def held_back_set(paths: Sequence[Path], count: int, seed: int = 5) -> TestSet:
    """Crops of the held-back sites, as they are simulated."""
    parts: list[Sample] = []
    for number, site in enumerate(HELD_BACK_SITES):
        stream = samples(paths, Arm(site, site=site), seed + number, share=0.0)
        wanted = count * (number + 1) // len(HELD_BACK_SITES)
        while len(parts) < wanted:
            sample = next(stream)
            if np.isfinite(sample["fracture"]) and np.isfinite(sample["points"]).all():
                parts.append(sample)
    return TestSet(
        np.stack([p["crop"] for p in parts]),
        np.stack([p["points"] for p in parts]),
        np.array([p["height"] for p in parts], np.float32),
        np.array([p["fracture"] > 0.5 for p in parts]),
        np.ones(len(parts), bool),
    )


def real_set(folder: Path, seed: int = 5) -> TestSet:
    """Crops of real normal bodies as they are, and with fractures pressed in."""
    rng = np.random.default_rng(seed)
    dataset = load_dataset(folder)
    rows: list[tuple[NDArray[np.float32], NDArray[np.float64], bool]] = []
    for label in dataset.films:
        pixels = np.asarray(load_film(dataset.path(label)).pixels, np.float32)
        for level in collapsible(label):
            if level not in JUDGED_LEVELS:
                continue
            rows.append((*_crop(pixels, label, level, rng), False))
            for shape in (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH):
                for loss in LOSSES:
                    made = collapse_film(pixels, label, [Collapse(level, shape, loss)])
                    rows.append((*_crop(*made, level, rng), True))
    points = np.stack([row[1] for row in rows]).astype(np.float32)
    fractured = np.array([row[2] for row in rows])
    heights = 0.5 * np.linalg.norm(points[:, [0, 1]] - points[:, [3, 2]], axis=2).sum(axis=1)
    crops = np.stack([row[0] for row in rows])
    return TestSet(crops, points, heights.astype(np.float32), fractured, ~fractured)


def _crop(
    pixels: NDArray[np.float32], label: FilmLabel, level: Level, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The network's input on a jittered frame, and the six points in it (mids unknown)."""
    body = label.vertebrae[level]
    assert body.corners_px is not None
    corners = body.corners_px
    if label.posterior_side == "right":
        pixels, corners = pixels[:, ::-1], mirror(label.size_px[0])(corners)
    crop, to_crop = body_input(
        np.ascontiguousarray(pixels), jittered(body_frame(corners), rng, CROPS)
    )
    return crop, np.vstack([to_crop(corners), np.full((2, 2), np.nan)])


def figures(network: BodyNet, test: TestSet) -> dict[str, float]:
    """What a network reaches on a test set.

    Returns
    -------
    dict
        ``corner_error``: median distance of the corners, share of the body's height, of bodies
        that count for it; ``auc``; ``sensitivity``: at false alarms of 2 % of the normal bodies.
    """
    from sklearn.metrics import roc_auc_score

    outputs = []
    with torch.inference_mode():
        for start in range(0, len(test.crops), 128):
            out = network(torch.from_numpy(test.crops[start : start + 128]))
            outputs.append((out["points"].numpy(), out["fracture"][:, 0].numpy()))
    points = np.concatenate([points for points, _ in outputs])
    logits = np.concatenate([logits for _, logits in outputs])
    error = np.linalg.norm(points[:, :4] - test.points[:, :4], axis=2) / test.height[:, None]
    cut = float(np.quantile(logits[~test.fractured], 0.98))
    return {
        "corner_error": float(np.median(error[test.measured])),
        "auc": float(roc_auc_score(test.fractured, logits)),
        "sensitivity": float((logits[test.fractured] > cut).mean()),
    }
