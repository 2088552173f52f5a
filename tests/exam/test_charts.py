import itertools
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.exam import charts
from journeyman.exam.drawing import apart, bounds, ticks

finite = st.floats(-1e6, 1e6)
shares = st.lists(st.floats(0, 1), max_size=20).map(sorted)


def parsed(svg):
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "nan" not in svg and "inf" not in svg
    return root


@pytest.mark.parametrize("width", [1000, 360])
@given(st.lists(shares, max_size=3), st.text(max_size=8))
def test_step_curves_are_well_formed_for_any_data(width, rows, label):
    curves = [charts.Curve(label, "after", row) for row in rows]
    shade = (0, 1) if len(rows) > 1 else None
    parsed(charts.step_curves(curves, 20, title="t", width=width, shade=shade))


@given(st.lists(finite, max_size=9))
def test_line_charts_are_well_formed_for_any_data(values):
    points = list(enumerate(values))
    parsed(charts.line_chart(points, title="t", tone="after", marked=3, digits=1))


@given(st.lists(st.tuples(finite, finite, finite).map(sorted), max_size=5), st.booleans())
def test_interval_plots_are_well_formed_for_any_data(rows, zero):
    drawn = [charts.Interval("a", "after", value, low, high) for low, value, high in rows]
    parsed(charts.interval_plot(drawn, title="t", share=False, zero=zero))


@pytest.mark.parametrize("width", [1000, 360])
@pytest.mark.parametrize("amounts", [[], [[]], [[0]], [[3]], [[1, 0, 2], [0, 0, 0]]])
def test_stacked_bars_are_well_formed_down_to_nothing(amounts, width):
    stacks = [charts.Stack("s", [("p", "valid", one) for one in row]) for row in amounts]
    parsed(charts.stacked_bars(stacks, title="t", width=width))


@pytest.mark.parametrize("stages", [[], [("tasks", 0)], [("tasks", 4), ("seen", 0), ("fixed", 0)]])
def test_funnels_are_well_formed_down_to_nothing(stages):
    parsed(charts.funnel(stages, title="t", tone="after"))


@given(finite, finite)
def test_a_weight_that_did_not_move_is_still_drawn(before, after):
    parsed(charts.shift(before, after, min(before, after), max(before, after), title="t"))


def test_text_in_a_chart_never_becomes_markup():
    label = "</text><script>alert(1)</script>\x00"
    svg = charts.interval_plot(
        [charts.Interval(label, "after", 1, 0, 2)], title=f'" onload="{label}', share=False
    )
    assert not list(parsed(svg).iter("script"))


def test_every_curve_is_named_in_the_legend_with_its_last_share():
    curves = [charts.Curve("first", "before", [0.1, 0.5]), charts.Curve("second", "after", [0.8])]
    svg = charts.step_curves(curves, 2, title="t", width=1000, shade=None)
    texts = [element.text for element in parsed(svg).iter("text")]
    assert "first  50%" in texts
    assert "second  80%" in texts


@given(st.lists(finite), st.none() | finite)
def test_bounds_hold_their_values_and_are_never_empty(values, floor):
    low, high = bounds(values, floor)
    assert low < high
    assert all(low <= value <= high for value in values)


@given(finite, st.floats(1e-3, 1e6), st.integers(1, 8))
def test_ticks_lie_within_their_range_and_are_few(low, span, count):
    found = ticks(low, low + span, count)
    assert len(found) <= count + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in found)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_labels_keep_their_order_and_their_distance(positions):
    placed = apart(positions, 10, 0, 100)
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    rows = [placed[index] for index in order]
    assert all(b - a >= 10 - 1e-6 for a, b in itertools.pairwise(rows))
    assert all(math.isfinite(row) and -1e-6 <= row <= 100 + 1e-6 for row in rows)
