import numpy as np
import pytest

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.simulate.scene import simulate_scene
from spondyl.simulate.settings import Anatomy, SceneSettings, View

SMALL = SceneSettings(height_px=160)


def scene(seed, **settings):
    return simulate_scene(
        np.random.default_rng(seed), SceneSettings(**{"height_px": 160, **settings})
    )


@pytest.fixture(scope="module")
def scenes():
    return [simulate_scene(np.random.default_rng(seed), SMALL) for seed in range(12)]


def test_the_same_generator_gives_the_same_scene():
    one, two = scene(3), scene(3)
    assert np.array_equal(one.maps.cortical_mm, two.maps.cortical_mm)
    assert np.array_equal(one.maps.soft_mm, two.maps.soft_mm)
    assert one.notes == two.notes
    for level, body in one.vertebrae.items():
        assert np.array_equal(body.corners_px, two.vertebrae[level].corners_px)


def test_maps_are_lengths(scenes):
    for made in scenes:
        maps = made.maps
        for channel in (maps.cortical_mm, maps.trabecular_mm, maps.soft_mm, maps.metal_mm):
            assert channel.dtype == np.float32
            assert channel.shape == maps.soft_mm.shape
            assert np.isfinite(channel).all()
            assert channel.min() >= 0
        # A trunk is at most half a metre thick.
        assert maps.soft_mm.max() < 600


def test_bone_lies_where_the_labels_say(scenes):
    inside, outside = [], []
    for made in scenes:
        bone = made.maps.cortical_mm + made.maps.trabecular_mm
        for level, body in made.vertebrae.items():
            if not (body.assessable and LEVELS[level].judged):
                continue
            x, y = np.round(body.corners_px.mean(axis=0)).astype(int)
            inside.append(bone[y, x])
            # In front of the body there is soft tissue alone, but for what lies beside it.
            forward = body.corners_px[[1, 2]].mean(axis=0) - body.corners_px[[0, 3]].mean(axis=0)
            x, y = np.round(body.corners_px.mean(axis=0) + 1.1 * forward).astype(int)
            if 0 <= x < bone.shape[1] and 0 <= y < bone.shape[0]:
                outside.append(bone[y, x])
    assert np.median(inside) > 20
    assert np.median(outside) < 0.5 * np.median(inside)


def test_posterior_is_left_and_superior_is_up(scenes):
    for made in scenes:
        for body in made.vertebrae.values():
            superior_posterior, superior_anterior, _, inferior_posterior = body.corners_px
            assert superior_anterior[0] > superior_posterior[0]
            assert inferior_posterior[1] > superior_posterior[1]


def test_levels_come_in_order_down_the_film(scenes):
    for made in scenes:
        rows = [body.corners_px[:, 1].mean() for body in made.vertebrae.values()]
        assert rows == sorted(rows)
        assert len(rows) >= 4


def test_status_grade_and_losses_agree(scenes):
    for made in scenes:
        for level, body in made.vertebrae.items():
            if not LEVELS[level].judged:
                assert body.status is Status.UNKNOWN
                continue
            assert body.height_loss == max(body.height_losses)
            assert (body.status is Status.FRACTURED) == (body.height_loss >= 0.2)
            assert (body.genant_grade > 0) == (body.status is Status.FRACTURED)


def test_fractures_can_be_asked_for_and_ruled_out():
    def count(share):
        made = [scene(seed, fracture_share=share) for seed in range(6)]
        return sum(
            body.status is Status.FRACTURED for one in made for body in one.vertebrae.values()
        )

    assert count(0.0) == 0
    assert count(1.0) >= 4


def test_implants_are_metal():
    def count(share):
        made = [scene(seed, implant_share=share) for seed in range(8)]
        return sum(bool(one.maps.metal_mm.any()) for one in made)

    # Cement or a cage may lie beyond the view; clips and hips come without spinal implants, too.
    assert count(1.0) >= 4
    assert count(1.0) > count(0.0)


def test_six_lumbar_bodies_and_sacralised_l5_are_drawn():
    notes = [note for seed in range(16) for note in scene(seed, transitional_share=1.0).notes]
    assert "six lumbar bodies" in notes
    assert "sacralised L5" in notes


def test_a_sixth_lumbar_body_is_labelled():
    for seed in range(20):
        made = scene(seed, transitional_share=1.0, hidden_sacrum_share=0.0)
        if "six lumbar bodies" in made.notes:
            assert Level.L6 in made.vertebrae
            return
    pytest.fail("No scene with six lumbar bodies among twenty.")


@pytest.mark.parametrize("view", [View.FRONTAL, View.CHEST])
def test_other_views_carry_no_bodies_to_read(view):
    made = scene(4, views=((view, 1.0),))
    assert made.view is view
    assert not made.vertebrae


def test_a_view_may_end_above_the_sacrum():
    made = [scene(seed, hidden_sacrum_share=1.0) for seed in range(6)]
    assert all(Level.S1 not in one.vertebrae for one in made)


def test_rows_follow_the_asked_height():
    assert scene(1, height_px=120).maps.size_px[1] == 120
    by_pitch = simulate_scene(np.random.default_rng(1), SceneSettings(pitch_mm=3.0))
    assert by_pitch.maps.pitch_mm == 3.0


def test_a_site_s_anatomy_fills_in_what_was_left_open():
    anatomy = Anatomy(views=((View.CONED, 1.0),), implant_share=0.3, scoliosis_share=0.6)
    at_site = SceneSettings(implant_share=0.0).at(anatomy)
    assert at_site.views == ((View.CONED, 1.0),)
    assert at_site.implant_share == 0.0
    assert at_site.scoliosis_share == 0.6
    assert SceneSettings().at(Anatomy()) == SceneSettings()


def test_thin_bones_take_less_of_the_ray_and_soft_tissue_fills_it():
    full, thin = scene(4), scene(4, bone_density=(0.5, 0.5))
    bone = full.maps.trabecular_mm > 10
    assert thin.maps.trabecular_mm[bone].sum() < 0.55 * full.maps.trabecular_mm[bone].sum()
    total = [m.trabecular_mm + m.soft_mm + m.cortical_mm for m in (full.maps, thin.maps)]
    assert np.median(np.abs(total[0] - total[1])[bone]) < 1.0


def test_stout_patients_are_thick():
    thick = [
        np.median([scene(seed, stoutness=(mean, 0.1)).maps.soft_mm.max() for seed in range(5)])
        for mean in (-1.0, 1.5)
    ]
    assert thick[1] > thick[0] + 40
