"""The imaging chain: from path-length maps to a film.

>>> look = Look.draw(rng)  # one X-ray room, one exposure, one way of processing
>>> film = expose(maps, look, rng)  # float32, 0..1, bone bright, posterior left
"""

from spondyl.simulate.chain.expose import expose
from spondyl.simulate.chain.look import Beam, Carrier, Detector, Look, Objects, Processing
from spondyl.simulate.chain.sites import HELD_BACK_SITES, SITES, WIDE, Site, site_named

__all__ = [
    "HELD_BACK_SITES",
    "SITES",
    "WIDE",
    "Beam",
    "Carrier",
    "Detector",
    "Look",
    "Objects",
    "Processing",
    "Site",
    "expose",
    "site_named",
]
