"""A problem is drawn so that nobody has to search for it."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relrails.problems import Label, Problem, Severity, draw, github, has_errors, sorted_problems, tally, to_dict
from relrails.problems.cells import Line
from relrails.source import Span

CHECKOUT = """\
\"\"\"checkout: takes the money.\"\"\"

service = Service(
    name="checkout",
    objective=100 * percent,
    error_budget=ErrorBudgetPolicy(warn_below=10 * percent, freeze_below=25 * percent),
    first=1,
    second=2,
    third=3,
    name="checkout",
)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "checkout.py").write_text(CHECKOUT, encoding="utf-8")
    return tmp_path


def find(root: Path, text: str, nth: int = 0, name: str = "services/checkout.py") -> Span:
    """Give the span of some text in a file."""
    path = root / name
    places = [
        (number, column)
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        for column in range(len(line))
        if line.startswith(text, column)
    ]
    line, column = places[nth]
    return Span(str(path), line, column, line, column + len(text))


def problem(*labels: Label, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(
        code="slo/no-error-budget",
        severity=severity,
        what="SLO 'availability' leaves no error budget",
        labels=labels,
        why="one failed request would page",
        fix="`99.9 * percent` allows 40 min",
    )


def same(drawn: str, expected: str) -> None:
    assert drawn == dedent(expected).strip("\n")


def test_a_problem_has_what_where_why_and_fix(root: Path) -> None:
    drawn = draw(problem(Label(find(root, "100 * percent"), "must be below 100 %")), root)

    same(
        drawn,
        """
        error[slo/no-error-budget]: SLO 'availability' leaves no error budget
         --> services/checkout.py:5:15
          |
        5 |     objective=100 * percent,
          |               ^^^^^^^^^^^^^ must be below 100 %
          |
          = why: one failed request would page
          = fix: `99.9 * percent` allows 40 min
        """,
    )


def test_two_labels_on_one_line_have_a_row_each(root: Path) -> None:
    drawn = draw(
        problem(
            Label(find(root, "25 * percent"), "freezes at 25 % left"),
            Label(find(root, "10 * percent"), "warns at 10 % left"),
        ),
        root,
    )

    same(
        drawn,
        """
        error[slo/no-error-budget]: SLO 'availability' leaves no error budget
         --> services/checkout.py:6:74
          |
        6 |     error_budget=ErrorBudgetPolicy(warn_below=10 * percent, freeze_below=25 * percent),
          |                                                                          ^^^^^^^^^^^^ freezes at 25 % left
          |                                               ------------ warns at 10 % left
          |
          = why: one failed request would page
          = fix: `99.9 * percent` allows 40 min
        """,
    )


def test_distant_lines_are_parted_by_dots_and_the_gutter_is_as_wide_as_its_numbers(root: Path) -> None:
    drawn = draw(
        problem(
            Label(find(root, '"checkout"', 1), "named again here"), Label(find(root, '"checkout"'), "first named here")
        ),
        root,
    )

    same(
        drawn,
        """
        error[slo/no-error-budget]: SLO 'availability' leaves no error budget
          --> services/checkout.py:10:10
           |
         4 |     name="checkout",
           |          ---------- first named here
        ...
        10 |     name="checkout",
           |          ^^^^^^^^^^ named again here
           |
           = why: one failed request would page
           = fix: `99.9 * percent` allows 40 min
        """,
    )


def test_one_line_between_two_labels_is_shown_itself(root: Path) -> None:
    drawn = draw(problem(Label(find(root, "1,")), Label(find(root, "3,"), "and this")), root)

    assert "7 |     first=1,\n  |           ^^\n8 |     second=2,\n9 |     third=3,\n  |           -- and this" in drawn


def test_each_file_has_its_own_lines(root: Path) -> None:
    (root / "services" / "search.py").write_text("\n" * 11 + 'name="checkout"\n')
    drawn = draw(
        problem(
            Label(find(root, '"checkout"', name="services/search.py"), "the same"),
            Label(find(root, '"checkout"'), "first"),
        ),
        root,
    )

    same(
        drawn,
        """
        error[slo/no-error-budget]: SLO 'availability' leaves no error budget
          --> services/search.py:12:6
           |
        12 | name="checkout"
           |      ^^^^^^^^^^ the same
           |
          ::: services/checkout.py:4:10
           |
         4 |     name="checkout",
           |          ---------- first
           |
           = why: one failed request would page
           = fix: `99.9 * percent` allows 40 min
        """,
    )


def test_the_line_that_called_a_helper_is_shown_too(root: Path) -> None:
    span = replace(find(root, "100 * percent"), called_from=find(root, "first=1"))

    drawn = draw(problem(Label(span, "too much")), root)

    assert "7 |     first=1,\n  |     ------- called here" in drawn


def test_a_stretch_over_several_lines_is_marked_where_it_begins(root: Path) -> None:
    start = find(root, "Service(")
    drawn = draw(problem(Label(replace(start, end_line=11, end_column=1), "no owner")), root)

    assert "3 | service = Service(\n  |           ^^^^^^^^ no owner\n" in drawn


def test_tabs_wide_and_combining_characters_keep_the_caret_in_its_place(root: Path) -> None:
    line = "\tname='表示' + 'e\u0301' + BAD"
    (root / "services" / "wide.py").write_text(line + "\n", encoding="utf-8")
    drawn = draw(problem(Label(find(root, "BAD", name="services/wide.py"), "here")), root)

    assert "1 |     name='表示' + 'e\u0301' + BAD\n" in drawn
    carets = next(part for part in drawn.split("\n") if "^" in part)
    assert carets.index("^") == len(
        "1 |     name='xxxx' + 'e' + "
    )  # two columns each for the wide, none for the accent


def test_a_long_line_is_cut_around_the_caret(root: Path) -> None:
    text = "x = [" + "1234567, " * 60 + "BAD, " + "7654321, " * 60 + "]"
    (root / "services" / "long.py").write_text(text + "\n")
    drawn = draw(problem(Label(find(root, "BAD", name="services/long.py"), "here")), root)

    shown, carets = (drawn.split("\n")[n] for n in (3, 4))
    assert len(shown) <= 120
    assert shown.startswith("1 | …")
    assert shown.endswith("…")
    assert shown[carets.index("^") :].startswith("BAD,")
    assert "long.py:1:546" in drawn


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=400), st.integers(0, 400), st.integers(0, 60))
def test_no_line_of_code_can_break_the_drawing(text: str, start: int, length: int) -> None:
    line = Line(text, keep=start)
    first, last = line.columns(start, start + length)

    assert 0 <= first < last
    assert line.shown.isprintable() or not text.isprintable()
    assert not set(line.shown) & set("\x1b\n\r\t\u202e\u2028")
    if text.isascii() and text.isprintable() and start + length <= len(text.rstrip()) and length:
        shown = line.shown[first:last]
        assert text[start : start + length].startswith(shown.rstrip("…"))
        assert shown.rstrip("…") or not text[start]


def test_text_from_the_writer_cannot_act_on_the_terminal_or_start_a_line(root: Path) -> None:
    bad = replace(problem(), what="name 'a\x1b[31m\nerror[x/y]: z\u202e' is refused")

    assert draw(bad, root).split("\n")[0] == "error[slo/no-error-budget]: name 'a␛[31m␊error[x/y]: z\ufffd' is refused"


def test_a_missing_file_still_gives_the_place_and_the_remark(root: Path) -> None:
    gone = Span(str(root / "services" / "gone.py"), 7, 4, 7, 9)

    same(
        draw(problem(Label(gone, "must be below 100 %")), root),
        """
        error[slo/no-error-budget]: SLO 'availability' leaves no error budget
         --> services/gone.py:7:5
          |
        7 | (this line cannot be read)
          |     ^^^^^ must be below 100 %
          |
          = why: one failed request would page
          = fix: `99.9 * percent` allows 40 min
        """,
    )


def test_a_problem_of_a_whole_file_or_of_none_has_no_lines(root: Path) -> None:
    whole = draw(problem(Label(Span(str(root / "services" / "checkout.py")))), root)
    nowhere = draw(problem(), root)

    assert "\n --> services/checkout.py\n  = why:" in whole
    assert nowhere.split("\n")[1] == "  = why: one failed request would page"


def test_a_place_without_columns_says_that_only_the_line_is_known(root: Path) -> None:
    drawn = draw(problem(Label(Span(str(root / "services" / "checkout.py"), 5, None, 5, None), "too much")), root)

    assert "--> services/checkout.py:5\n" in drawn
    assert "5 |     objective=100 * percent,\n  |     ^^^^^^^^^^^^^^^^^^^^^^^^ too much" in drawn
    assert drawn.endswith("= note: only the line is known: Python gave no columns, as under `-X no_debug_ranges`")


def test_a_fix_of_several_lines_stays_aligned(root: Path) -> None:
    drawn = draw(replace(problem(), fix="write\n    objective=1\nor leave it"), root)

    assert drawn.endswith("  = fix: write\n             objective=1\n         or leave it")


def test_a_path_outside_the_root_is_given_in_full(root: Path) -> None:
    drawn = draw(problem(Label(find(root, "first=1"))), root / "elsewhere")

    assert f"--> {(root / 'services' / 'checkout.py').as_posix()}:7:5" in drawn


@pytest.mark.parametrize(("severity", "colour"), [(Severity.ERROR, "31"), (Severity.WARNING, "33")])
def test_colour_adds_nothing_but_colour(root: Path, severity: Severity, colour: str) -> None:
    bad = problem(Label(find(root, "first=1"), "here"), severity=severity)

    painted = draw(bad, root, color=True)

    assert f"\x1b[1;{colour}m^^^^^^^ here\x1b[0m" in painted
    for code in (f"\x1b[1;{colour}m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"):
        painted = painted.replace(code, "")
    assert painted == draw(bad, root)


def test_json_counts_lines_and_columns_from_one(root: Path) -> None:
    bad = problem(Label(find(root, "100 * percent"), "must be below 100 %"))

    assert to_dict(bad, root) == {
        "code": "slo/no-error-budget",
        "severity": "error",
        "what": "SLO 'availability' leaves no error budget",
        "why": "one failed request would page",
        "fix": "`99.9 * percent` allows 40 min",
        "labels": [
            {
                "file": "services/checkout.py",
                "line": 5,
                "column": 15,
                "end_line": 5,
                "end_column": 27,
                "text": "must be below 100 %",
            }
        ],
    }


def test_a_github_annotation_cannot_be_left_by_its_text(root: Path) -> None:
    (root / "services" / "a,b:c.py").write_text("x = 1\n")
    bad = replace(problem(Label(find(root, "x", name="services/a,b:c.py"), "5 %")), what="100 % of\n::error::it")

    assert github(bad, root) == (
        "::error file=services/a%2Cb%3Ac.py,line=1,endLine=1,col=1,endColumn=1,title=slo/no-error-budget::"
        "100 %25 of%0A::error::it (5 %25)%0Awhy: one failed request would page%0Afix: `99.9 * percent` allows 40 min"
    )


def test_a_github_annotation_over_several_lines_has_no_columns(root: Path) -> None:
    over = replace(find(root, "Service("), end_line=11, end_column=1)

    said = github(problem(Label(over), severity=Severity.NOTE), root)

    assert said.startswith("::notice file=services/checkout.py,line=3,endLine=11,title=")
    assert github(problem(), root).startswith("::error title=slo/no-error-budget::")


def test_problems_are_told_in_the_order_of_the_files_and_once(root: Path) -> None:
    late, early = problem(Label(find(root, "third=3"))), problem(Label(find(root, "first=1")))
    other = problem(Label(Span(str(root / "services" / "a.py"), 99)))

    assert sorted_problems([late, early, late, other]) == [other, early, late]


@pytest.mark.parametrize(
    ("severities", "services", "said"),
    [
        ([], 2, "no problems in 2 services"),
        ([Severity.ERROR] * 6, 2, "6 problems in 2 services; generated/ is unchanged"),
        ([Severity.ERROR], 1, "1 problem in 1 service; generated/ is unchanged"),
        ([Severity.WARNING] * 2, 3, "2 warnings in 3 services"),
        ([Severity.NOTE], 3, "1 note in 3 services"),
        (
            [Severity.ERROR, Severity.WARNING, Severity.WARNING],
            2,
            "3 problems (1 error, 2 warnings) in 2 services; generated/ is unchanged",
        ),
    ],
)
def test_a_run_is_summed_up_in_one_line(severities: list[Severity], services: int, said: str) -> None:
    found = [problem(severity=s) for s in severities]

    assert tally(found, services) == said
    assert has_errors(found) == (Severity.ERROR in severities)
