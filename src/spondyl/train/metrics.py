"""Validation figures without a decoder: what the maps say at the true bodies."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spondyl.network.tasks import OFFSET_UNIT_PX, Task

Arrays = dict[str, NDArray[np.float64]]


def rank_auc(score: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney, ties count half); NaN without both kinds."""
    score, positive = np.asarray(score, np.float64), np.asarray(positive, bool)
    hits, misses = int(positive.sum()), int((~positive).sum())
    if hits == 0 or misses == 0:
        return float("nan")
    ordered = np.sort(score)
    rank = 0.5 * (
        np.searchsorted(ordered, score, "left") + np.searchsorted(ordered, score, "right")
    )
    return float((rank[positive].sum() - hits * hits / 2) / (hits * misses))


def sensitivity_at(
    score: NDArray[np.floating], positive: NDArray[np.bool_], false_share: float
) -> float:
    """Sensitivity at the threshold that lets this share of negatives through; NaN without both."""
    score, positive = np.asarray(score, np.float64), np.asarray(positive, bool)
    if positive.all() or not positive.any():
        return float("nan")
    threshold = np.quantile(score[~positive], 1 - false_share)
    return float((score[positive] > threshold).mean())


def finder_bodies(
    outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], stride: int
) -> Arrays:
    """One row per whole body of a batch.

    Returns
    -------
    dict of ndarray
        ``status`` (1, 0, -1); and, as far as the tasks exist: ``named`` (1, 0; NaN without a
        channel), ``fracture`` (mean probability inside the body), ``found`` (peak of the centre
        map within a quarter of its height), ``error`` (mean distance of its known points from
        those read at that peak, over its height; NaN if not found).
    """
    used = batch["table_used"].cpu().numpy()
    film, _ = np.nonzero(used)
    centre = batch["table_centre"].cpu().numpy()[used]
    height = batch["table_height"].cpu().numpy()[used]
    rows: Arrays = {"status": batch["table_status"].cpu().numpy()[used].astype(float)}
    shift = (stride - 1) / 2
    cell = (centre - shift) / stride
    radius = np.maximum(0.25 * height / stride, 1.0)
    if Task.LEVELS in outputs:
        best = outputs[Task.LEVELS].float().argmax(dim=1).cpu().numpy()
        channel = batch["table_channel"].cpu().numpy()[used]
        at = _nearest(cell, best.shape)
        named = (best[film, at[1], at[0]] == channel).astype(float)
        rows["named"] = np.where(channel >= 0, named, np.nan)
    if Task.FRACTURE in outputs:
        share = torch.sigmoid(outputs[Task.FRACTURE][:, 0].float()).cpu().numpy()
        rows["fracture"] = np.array(
            [
                share[n][_around(c, r, share.shape)].mean()
                for n, c, r in zip(film, cell, radius, strict=True)
            ]
        )
    if Task.BODIES in outputs:
        maps = outputs[Task.BODIES].float().cpu().numpy()
        truth = batch["table_points"].cpu().numpy()[used]
        found, error = [], []
        for n, c, r, size, points in zip(film, cell, radius, height, truth, strict=True):
            rows_cols = _around(c, r, maps[:, 0].shape)
            near = maps[n, 0][rows_cols]
            y, x = np.unravel_index(int(near.argmax()), near.shape)
            found.append(near[y, x] > 0)
            row, column = rows_cols[0].start + y, rows_cols[1].start + x
            offset = maps[n, 1:, row, column].reshape(-1, 2) * OFFSET_UNIT_PX
            guess = offset + np.array([column, row]) * stride + shift
            distance = np.hypot(*(guess - points).T)
            known = np.isfinite(distance)
            error.append(distance[known].mean() / size if known.any() and found[-1] else np.nan)
        rows["found"], rows["error"] = np.array(found, float), np.array(error)
        spots = _false_peaks(
            maps[:, 0], batch["heat"].cpu().numpy(), batch["heat_mask"].cpu().numpy()
        )
        rows["spurious"] = np.full(len(film), spots / max(len(film), 1))
    return rows


def _false_peaks(
    logits: NDArray[np.float32], heat: NDArray[np.float32], mask: NDArray[np.float32]
) -> int:
    """Local maxima above even odds, away from any body."""
    import cv2

    count = 0
    for film, truth, known in zip(logits, heat, mask, strict=True):
        peak = (film >= cv2.dilate(film, np.ones((5, 5), np.uint8))) & (film > 0)
        count += int((peak & (truth < 0.05) & (known > 0)).sum())
    return count


def finder_summary(rows: Arrays) -> dict[str, float]:
    """Figures over all bodies of the validation set, and ``score`` (larger is better)."""
    out: dict[str, float] = {}
    parts = []
    if "named" in rows:
        out["named"] = _nanmean(rows["named"])
        parts.append(out["named"])
    if "fracture" in rows:
        known = rows["status"] >= 0
        positive = rows["status"][known] > 0.5
        out["fracture_auc"] = rank_auc(rows["fracture"][known], positive)
        out["fracture_sensitivity_5"] = sensitivity_at(rows["fracture"][known], positive, 0.05)
        parts.append(out["fracture_auc"])
    if "found" in rows:
        out["found"] = _nanmean(rows["found"])
        out["point_error"] = _nanmean(rows["error"])
        out["spurious"] = _nanmean(rows["spurious"])
        parts.append(out["found"] - min(out["spurious"], 1.0))
        parts.append(1 - min(1.0, out["point_error"] / 0.3) if out["found"] > 0 else 0.0)
    out["score"] = _nanmean(np.array(parts))
    return out


def body_rows(outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> Arrays:
    """One row per crop: scores, truths, mean point error over body height, loss errors."""
    points, truth = outputs["points"].float(), batch["points"]
    distance = torch.linalg.vector_norm(points - truth, dim=2)
    error = torch.nanmean(distance, dim=1) / batch["height"]
    expected = outputs["spread"].mean(dim=1) / batch["height"]
    lost = torch.nanmean((outputs["loss"] - batch["loss"]).abs(), dim=1)
    rows = {
        "error": error,
        "expected": torch.where(torch.isfinite(error), expected, torch.nan),
        "lost": lost,
        "fracture": outputs["fracture"][:, 0],
        "fracture_truth": batch["fracture"],
        "body": outputs["body"][:, 0],
        "body_truth": batch["body"],
    }
    return {name: value.float().cpu().numpy().astype(np.float64) for name, value in rows.items()}


def body_summary(rows: Arrays) -> dict[str, float]:
    """Figures over all crops of the validation set, and ``score`` (larger is better)."""
    known = np.isfinite(rows["fracture_truth"])
    positive = rows["fracture_truth"][known] > 0.5
    seen = np.isfinite(rows["body_truth"])
    auc = rank_auc(rows["fracture"][known], positive)
    out = {
        "fracture_auc": auc,
        "fracture_sensitivity_1": sensitivity_at(rows["fracture"][known], positive, 0.01),
        "fracture_sensitivity_5": sensitivity_at(rows["fracture"][known], positive, 0.05),
        "point_error": _nanmedian(rows["error"]),
        "expected_error": _nanmedian(rows["expected"]),
        "loss_error": _nanmean(rows["lost"]),
        "body_auc": rank_auc(rows["body"][seen], rows["body_truth"][seen] > 0.5),
    }
    score = [auc, out["body_auc"], 1 - min(1.0, out["point_error"] / 0.15)]
    out["score"] = _nanmean(np.array(score))
    return out


def view_rows(outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor]) -> Arrays:
    """One row per film: logits and truths."""
    rows: Arrays = {}
    for name, logits in outputs.items():
        rows[name] = logits[:, 0].float().cpu().numpy().astype(np.float64)
        rows[f"{name}_truth"] = batch[name].float().cpu().numpy().astype(np.float64)
    return rows


def view_summary(rows: Arrays) -> dict[str, float]:
    """Accuracy of each answer, and ``score``, their mean."""
    out = {}
    for name in [name for name in rows if not name.endswith("_truth")]:
        truth = rows[f"{name}_truth"]
        right = ((rows[name] > 0) == (truth > 0.5)).astype(float)
        out[name] = _nanmean(np.where(np.isfinite(truth), right, np.nan))
    out["score"] = _nanmean(np.array(list(out.values())))
    return out


def _nearest(
    cell: NDArray[np.floating], shape: tuple[int, ...]
) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    x = np.clip(np.round(cell[:, 0]).astype(int), 0, shape[2] - 1)
    y = np.clip(np.round(cell[:, 1]).astype(int), 0, shape[1] - 1)
    return x, y


def _around(
    cell: NDArray[np.floating], radius: float, shape: tuple[int, ...]
) -> tuple[slice, slice]:
    low = np.round(cell - radius).astype(int)
    high = np.round(cell + radius).astype(int) + 1
    x0, y0 = np.clip(low, 0, [shape[2] - 1, shape[1] - 1])
    x1, y1 = np.maximum(np.minimum(high, [shape[2], shape[1]]), [x0 + 1, y0 + 1])
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _nanmean(values: NDArray[np.floating]) -> float:
    kept = values[np.isfinite(values)]
    return float(kept.mean()) if kept.size else float("nan")


def _nanmedian(values: NDArray[np.floating]) -> float:
    kept = values[np.isfinite(values)]
    return float(np.median(kept)) if kept.size else float("nan")
