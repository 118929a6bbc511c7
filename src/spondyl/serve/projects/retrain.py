"""The recipe that an exported project carries: one command retrains the networks on it."""

import re

RECIPE_FILE = "retrain.yaml"


def slug_of(name: str) -> str:
    """A project's name as a folder's and a recipe's.

    Examples
    --------
    >>> slug_of("North, room 4 (2026)"), slug_of("...")
    ('north-room-4-2026', 'project')
    """
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words[:60].strip("-") or "project"


def recipe_text(slug: str, films: int, file: str | None = None) -> str:
    """A ``spondyl.recipe/1`` that retrains the shipped networks on a project's films.

    Parameters
    ----------
    slug : str
        Folder of the data set under ``data/``.
    films : int
        In the data set. The fewer, the smaller their share of what is trained on: films that come
        round too often are learned by heart.
    file : str, optional
        The recipe's own place, for the command in its first lines; beside the films by default.
    """
    weight = min(1.0, max(0.25, films / 300))
    return f"""\
# The shipped networks, retrained on the films of data/{slug}:
#
#     spondyl train {file or f"data/{slug}/retrain.yaml"} --out runs/{slug} --resume
#
# from the folder in which data/{slug} lies. The networks come into runs/{slug}/weights, which
# --weights of the other commands takes; then fit a site to your films with `spondyl calibrate`.
# Training ends by the clock (max_minutes); it can be stopped at any time and gone on with by the
# same command.
recipe: spondyl.recipe/1
name: {slug}
description: Shipped weights, retrained on films of a data set of its own beside simulated ones.

# Simulated patients, so that what the networks know already is not forgotten.
geometries:
  rehearsal:
    count: 400
    seed: 71
    scene: {{implant_share: 0.13, transitional_share: 0.2}}

common:
  start_from: shipped
  data:
    geometry: rehearsal
    # Share of one's own films against geometry_weight, 1. The fewer they are, the smaller it should
    # be. `complete: true` only where every body on each film has its corners.
    datasets: [{{folder: data/{slug}, weight: {weight:.2f}, complete: false}}]
    fractured_share: 0.5
    collapse_share: 0.5
    # Of patients without a split; where films have one, "train" and "validation" are kept apart.
    validation_share: 0.15
    validation_films: 96
  # Low rates: a few films should move the networks a little.
  optimiser: {{rate: 0.0003, warmup_steps: 20, ema_decay: 0.995}}
  budget: {{max_steps: 200000, validate_every: 250, checkpoint_every: 250}}
  workers: 1
  precision: auto

stages:
  finder:
    kind: finder
    seed: 72
    network: {{arm: reader}}
    budget: {{max_minutes: 40}}
    batch_size: 12
  body:
    kind: body
    seed: 73
    body: {{scale: 0.10, shift: 0.07}}
    framing: {{trim: 0.4}}
    optimiser: {{rate: 0.0004, weight_decay: 0.02}}
    budget: {{max_minutes: 30}}
    batch_size: 64

# Side, polarity and view of a film are told as before.
weights: {{view: shipped, finder: finder, body: body}}
"""
