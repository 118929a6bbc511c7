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


def recipe_text(slug: str, films: int) -> str:
    """A ``spondyl.recipe/1`` that trains all networks on simulated patients and a project's films.

    Parameters
    ----------
    slug : str
        Folder of the data set under ``data/``.
    films : int
        In the data set. The fewer, the smaller their share of what is trained on: films that come
        round too often are learned by heart.
    """
    share = min(1.0, max(0.1, films / 1000))
    return f"""\
# Networks retrained on this project's films beside simulated patients:
#
#     spondyl train data/{slug}/retrain.yaml --out runs/{slug} --resume
#
# from the folder in which data/{slug} lies. Networks and site come into runs/{slug}/weights, which
# --weights of the other commands takes. Training ends by the clock (max_minutes); it can be
# stopped at any time and gone on with by the same command.
recipe: spondyl.recipe/1
name: {slug}
description: Films of a labelling project beside simulated patients.

common:
  data: {{validation_films: 96}}
  optimiser: {{rate: 0.002}}
  budget: {{max_steps: 200000, validate_every: 500, checkpoint_every: 250}}
  workers: 1
  precision: auto

stages:
  view:
    kind: view
    seed: 3
    data:
      stream:
        seed: 31
        scene: {{views: {{standing: 0.27, lumbar: 0.28, coned: 0.12, frontal: 0.2, chest: 0.13}}}}
    framing: {{trim: 0.7, rotation_deg: 5.0}}
    budget: {{max_minutes: 30, validate_every: 250}}
    batch_size: 48
  finder:
    kind: finder
    seed: 33
    network: {{arm: reader}}
    data:
      stream: {{seed: 51, scene: {{implant_share: 0.13, transitional_share: 0.2}}}}
      datasets: [{{folder: data/{slug}, weight: {share:.2f}}}]
      fractured_share: 0.5
      collapse_share: 0.5
    budget: {{max_minutes: 180}}
    batch_size: 12
  body:
    kind: body
    seed: 34
    data:
      stream: {{seed: 51, scene: {{implant_share: 0.13, transitional_share: 0.2}}}}
      datasets: [{{folder: data/{slug}, weight: {share:.2f}}}]
      fractured_share: 0.5
      collapse_share: 0.5
    body: {{scale: 0.10, shift: 0.07}}
    framing: {{trim: 0.4}}
    optimiser: {{weight_decay: 0.02}}
    budget: {{max_minutes: 120, validate_every: 1000}}
    batch_size: 64

weights: {{view: view, finder: finder, body: body}}

# A first site, on simulated films; then fit one to films of your own with `spondyl calibrate`.
site:
  films: 400
  seed: 9001
  options: {{refit: logistic, target-false-alarms: 0.0125}}
"""
