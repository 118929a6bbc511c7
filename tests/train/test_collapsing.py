import numpy as np

from spondyl.anatomy import LEVELS, Status
from spondyl.train.collapsing import collapsed
from spondyl.train.framing import draw_framing
from spondyl.train.sources import Picture, SimulatedScene
from tests.train.conftest import phantom
from tests.train.test_body_data import STILL


def picture(seed: int = 0) -> Picture:
    maps, label = phantom(np.random.default_rng(seed))
    scene = SimulatedScene(maps, label, ())
    rng = np.random.default_rng(seed)
    return scene.picture(draw_framing(rng, label, (340, 480), STILL), rng)


def test_no_share_leaves_film_and_generator_alone():
    rng = np.random.default_rng(3)
    film = picture()
    assert collapsed(film, rng, 0.0) is film
    assert rng.random() == np.random.default_rng(3).random()


def test_fractures_are_added_with_their_losses():
    added = harmless = 0
    for seed in range(12):
        before = picture(seed)
        after = collapsed(before, np.random.default_rng(seed), 1.0)
        assert after.pixels.shape == before.pixels.shape
        changed = 0
        for level, body in after.label.vertebrae.items():
            earlier = before.label.vertebrae[level]
            if body.height_losses == earlier.height_losses:
                assert body.status is earlier.status
                continue
            changed += 1
            assert LEVELS[level].judged
            assert earlier.status is Status.NORMAL
            assert (body.status is Status.FRACTURED) == (max(body.height_losses) >= 0.2)
            added += body.status is Status.FRACTURED
            harmless += body.status is Status.NORMAL
        assert 1 <= changed <= 3
        assert not np.array_equal(after.pixels, before.pixels)
    assert added > harmless > 0
