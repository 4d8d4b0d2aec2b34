"""Sections flow on 24 columns, look in Grafana as they do in the file, and do not move each other."""

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relrails.render.grafana.layout import COLUMNS, STRIDE, Section, lay_out
from relrails.render.grafana.panels import Panel, Text

Place = dict[str, int]


def panel(key: str, width: int = 8, height: int = 8) -> Panel:
    return Text(key=key, title=key, content="", width=width, height=height)


def section(key: str, *panels: Panel) -> Section:
    return Section(key=key, title=key, panels=panels)


def places(sections: list[Section]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for placed in lay_out(sections):
        assert placed.gridPos is not None
        found[placed.key] = placed.gridPos
    return found


def drawn(file: dict[str, Place]) -> dict[str, Place]:
    """Where Grafana draws the panels: by row and column, each pulled up until it touches another.

    This is the vertical compaction of react-grid-layout, which Grafana leaves switched on.
    """
    done: dict[str, Place] = {}
    for key, place in sorted(file.items(), key=lambda item: (item[1]["y"], item[1]["x"])):
        at = copy.copy(place)
        at["y"] = min(at["y"], max((p["y"] + p["h"] for p in done.values()), default=0))
        while at["y"] > 0 and not any(overlap({**at, "y": at["y"] - 1}, other) for other in done.values()):
            at["y"] -= 1
        done[key] = at
    return done


def overlap(a: Place, b: Place) -> bool:
    across = a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
    return across and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


sizes = st.tuples(st.integers(1, COLUMNS), st.integers(1, 12))
some_sections = st.lists(st.lists(sizes, max_size=8), min_size=1, max_size=5).map(
    lambda found: [
        section(f"s{i}", *(panel(f"p{j}", *size) for j, size in enumerate(group))) for i, group in enumerate(found)
    ]
)


@given(some_sections)
def test_nothing_overlaps_or_leaves_the_columns(sections: list[Section]) -> None:
    found = places(sections)
    assert all(at["x"] >= 0 and at["x"] + at["w"] <= COLUMNS for at in found.values())
    assert not any(overlap(a, b) for a, b in itertools.combinations(found.values(), 2))


@given(some_sections)
def test_grafana_closes_the_stretches_and_moves_nothing_else(sections: list[Section]) -> None:
    file = places(sections)
    screen, bottom = drawn(file), 0
    for one in sections:
        keys = [one.key, *(f"{one.key}/{p.key}" for p in one.panels)]
        top = file[one.key]["y"]
        assert screen[one.key]["y"] == bottom, "the stretch before the section is closed"
        for key in keys:
            assert screen[key] == {**file[key], "y": file[key]["y"] - top + bottom}, (
                "the section is drawn as in the file"
            )
        bottom = max(screen[key]["y"] + screen[key]["h"] for key in keys)


@given(some_sections, st.data())
def test_a_panel_inserted_anywhere_moves_nothing_in_other_sections(sections: list[Section], data: Any) -> None:
    index = data.draw(st.integers(0, len(sections) - 1))
    chosen = sections[index]
    at = data.draw(st.integers(0, len(chosen.panels)))
    width, height = data.draw(sizes)
    grown = section(chosen.key, *chosen.panels[:at], panel("new", width, height), *chosen.panels[at:])
    before, after = places(sections), places([*sections[:index], grown, *sections[index + 1 :]])
    moved = {key for key in before if before[key] != after[key]}
    assert all(key.startswith(f"{chosen.key}/") for key in moved)


def test_lines_are_filled_and_as_tall_as_their_tallest_panel() -> None:
    found = places([section("s", panel("a", 8, 4), panel("b", 8, 8), panel("c", 12, 8))])
    assert found["s/a"] == {"x": 0, "y": 1, "w": 8, "h": 8}
    assert found["s/b"] == {"x": 8, "y": 1, "w": 16, "h": 8}
    assert found["s/c"] == {"x": 0, "y": 9, "w": 24, "h": 8}


def test_a_section_that_outgrows_its_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match=f"{STRIDE} are kept for one"):
        lay_out([section("s", *(panel(str(n), 24, 8) for n in range(STRIDE // 8 + 1)))])
