"""The grey chain, apart from DICOM files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.film.dicom_grey import (
    ABSURD_WARNING,
    BAD_RESCALE_WARNING,
    GreyHeader,
    Lut,
    Window,
    WindowFunction,
    render,
)

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def test_without_window_the_range_of_the_film_is_shown():
    pixels = render(RAMP + 100, GreyHeader()).pixels
    assert pixels.min() == 0
    assert pixels.max() == 1
    assert np.allclose(pixels.ravel(), np.arange(4096) / 4095, atol=1e-6)


@pytest.mark.parametrize(
    ("function", "at", "wanted"),
    [
        # PS3.3 C.11.2.1.2.1: centre 2048, width 4096 maps 0..4095 to the whole range.
        (WindowFunction.LINEAR, 0, 0.0),
        (WindowFunction.LINEAR, 4095, 1.0),
        (WindowFunction.LINEAR, 1000, 1000 / 4095),
        (WindowFunction.LINEAR_EXACT, 2048, 0.5),
        (WindowFunction.LINEAR_EXACT, 1024, 0.25),
        (WindowFunction.SIGMOID, 2048, 0.5),
        (WindowFunction.SIGMOID, 3072, 1 / (1 + np.exp(-1))),
    ],
)
def test_window_functions(function, at, wanted):
    pixels = render(RAMP, GreyHeader(voi=(Window(2048, 4096, function),))).pixels
    assert pixels.ravel()[at] == pytest.approx(wanted, abs=1e-6)


def test_width_one_is_a_threshold():
    assert Window(10, 1)(np.array([9.0, 9.5, 10.0])).tolist() == [0, 0, 1]


def test_rescale_comes_before_the_window():
    header = GreyHeader(slope=2, intercept=-1000, voi=(Window(0, 1000),))
    pixels = render(RAMP, header).pixels.ravel()
    assert pixels[0] == 0
    assert pixels[499] < 0.5 < pixels[501]


def test_inversion_comes_after_the_window():
    """Inverting first would put an off-centre window at the wrong place."""
    window = (Window(600, 400),)
    plain = render(RAMP, GreyHeader(voi=window))
    turned = render(RAMP, GreyHeader(voi=window, low_is_bright=True))
    assert np.allclose(turned.pixels, 1 - plain.pixels)
    assert turned.inverted
    assert not plain.inverted


def test_voi_table():
    table = Lut(1000, np.linspace(0, 65535, 2001))
    pixels = render(RAMP, GreyHeader(voi=(table,))).pixels.ravel()
    assert pixels[999] == 0
    assert pixels[3001] == 1
    assert pixels[2000] == pytest.approx(0.5, abs=1e-3)


def test_table_whose_first_input_was_written_unsigned():
    table = Lut(65536 - 500, np.arange(1001.0))
    assert table(np.array([-500.0, 0.0, 500.0])).tolist() == [0, 500, 1000]


def test_modality_table_replaces_the_rescale():
    squares = Lut(0, np.arange(4096.0) ** 2)
    pixels = render(RAMP, GreyHeader(modality_lut=squares, slope=0)).pixels.ravel()
    assert pixels[2048] == pytest.approx((2048 / 4095) ** 2, abs=1e-6)


@pytest.mark.parametrize(("centre", "width"), [(-5000, 10), (50000, 100), (2048, 1), (4090, 2)])
def test_absurd_windows_are_ignored(centre, width):
    rendered = render(RAMP, GreyHeader(voi=(Window(centre, width),)))
    assert rendered.warnings == (ABSURD_WARNING,)
    assert np.allclose(rendered.pixels.ravel(), np.arange(4096) / 4095, atol=1e-6)


def test_after_an_absurd_table_the_window_is_used():
    header = GreyHeader(voi=(Lut(0, np.array([1.0, 2.0])), Window(1024, 512)))
    rendered = render(RAMP, header)
    assert rendered.warnings == (ABSURD_WARNING,)
    assert np.allclose(rendered.pixels, render(RAMP, GreyHeader(voi=header.voi[1:])).pixels)


@pytest.mark.parametrize("slope", [0.0, np.nan, np.inf])
def test_senseless_rescale_is_ignored(slope):
    rendered = render(RAMP, GreyHeader(slope=slope))
    assert rendered.warnings == (BAD_RESCALE_WARNING,)
    assert rendered.pixels.max() == 1


@pytest.mark.parametrize("low_is_bright", [False, True])
def test_padding_is_dark_and_leaves_the_range_alone(low_is_bright):
    stored = np.clip(RAMP, 1000, 2000)
    stored[:8] = 65535
    header = GreyHeader(padding=(65535, 65535), low_is_bright=low_is_bright)
    pixels = render(stored, header).pixels
    assert (pixels[:8] == 0).all()
    assert pixels[8:].min() == 0
    assert pixels[8:].max() == 1


def test_signed_values():
    stored = (RAMP.astype(np.int32) - 2048).astype(np.int16)
    assert np.array_equal(render(stored, GreyHeader()).pixels, render(RAMP, GreyHeader()).pixels)


def test_wide_values_go_the_slow_way_to_the_same_end():
    header = GreyHeader(voi=(Window(2000, 1500),), padding=(7, 9))
    assert np.array_equal(
        render(RAMP.astype(np.uint32), header).pixels, render(RAMP, header).pixels
    )


headers = st.builds(
    GreyHeader,
    slope=st.floats(0.01, 100),
    intercept=st.floats(-1e4, 1e4),
    voi=st.lists(
        st.builds(
            Window,
            centre=st.floats(-1e5, 1e5),
            width=st.floats(0.1, 1e5),
            function=st.sampled_from(WindowFunction),
        ),
        max_size=1,
    ).map(tuple),
)


@settings(max_examples=50, deadline=None)
@given(header=headers, seed=st.integers(0, 1000), signed=st.booleans())
def test_display_is_monotone_and_in_range(header, seed, signed):
    values = np.random.default_rng(seed).integers(-3000, 3000, (8, 8))
    stored = values.astype(np.int16) if signed else (values + 3000).astype(np.uint16)
    pixels = render(stored, header).pixels
    assert pixels.min() >= 0
    assert pixels.max() <= 1
    order = np.argsort(stored, axis=None, kind="stable")
    assert (np.diff(pixels.ravel()[order]) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(header=headers, seed=st.integers(0, 1000))
def test_inverting_twice_gives_the_film_back(header, seed):
    stored = np.random.default_rng(seed).integers(0, 4096, (8, 8)).astype(np.uint16)
    turned = GreyHeader(header.slope, header.intercept, voi=header.voi, low_is_bright=True)
    once = render(stored, turned).pixels
    assert np.allclose(1 - once, render(stored, header).pixels, atol=1e-6)
