"""YAML as we print it is what PyYAML and libyaml print, and reads back as what it was."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from relrails.files import yaml_text

if not hasattr(yaml, "CSafeDumper"):
    pytest.skip("PyYAML was built without libyaml, whose spelling is ours", allow_module_level=True)


class Theirs(yaml.CSafeDumper):
    """PyYAML, told what cannot be left open: no aliases, and long text as a block."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def long_text(dumper: yaml.CSafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Theirs.add_representer(str, long_text)

# What an alert, a selector or a series of a proof is made of, and everything that YAML could take for something else.
PIECES = (
    *"abeEfnNxyY~019_+-.:=<>!?&*#|%@`'\"\\/,;[]{}() \t\n\x00\x07\x1b\x7f\x85\xa0é€\ufeff\uffff😀",
    *("true", "No", "on", "null", "inf", ".nan", "0x1F", "0o7", "1e3", "1.5e+3", "12:30", "2026-01-31", "T10:00:00Z"),
    *("---", "...", ": ", " #", "- ", "{{ $value }}", 'up{job="a"} == 1', "1+1x5", "_x3", "\n\n", "  or\n"),
)
# Everything that is not text to YAML 1.1, that means something to it, or that a block cannot hold as it stands.
TRICKY = (
    *(
        "",
        "~",
        "null",
        "Null",
        "yes",
        "NO",
        "true",
        "off",
        "y",
        "=",
        "<<",
        "0",
        "00",
        "007",
        "08",
        "-0",
        "+12",
        "0x1F",
        "0b11",
    ),
    *(
        "1_000",
        "12:30:45",
        "1.5",
        "1.5e+3",
        "1.5e3",
        "1e3",
        ".5",
        "-.5",
        "1.",
        "-.inf",
        ".NaN",
        "1:30.5",
        "0200x5",
        "1+1x5",
    ),
    *("2026-01-31", "2026-1-3 4:05:06", "2026-01-31T04:05:06.7+01:00", "2026-01-31 04:05:06 Z", "2026-1-31"),
    *(
        "-",
        "- a",
        "-a",
        "?",
        "? a",
        "?a",
        ":",
        ": a",
        ":a",
        "a:",
        "a: b",
        "a:b",
        "a #b",
        "a#b",
        "#a",
        "---",
        "---a",
        "...",
    ),
    *(
        " a",
        "a ",
        "it's",
        "'",
        '"q"',
        "\\",
        "{{ x }}",
        "[1]",
        "}",
        "]",
        ",",
        "%a",
        "@a",
        "`a",
        "!a",
        "&a",
        "*a",
        "|",
        ">",
        "é",
    ),
    *("a\nb", "a\n", "\na", "\n a\nb", "  or\nb\n", "a\n\nb", "a\n b \tc", "- a\nb: c", "#\n#"),
)
ODD = (
    "\n",
    "a\n\n",
    "a \nb",
    "a\nb ",
    "\t",
    "a\tb",
    "\ta\nb",
    "\r",
    "a\x85b",
    "\u2028",
    "\ufeff",
    "\x00",
    "\x1b[0m",
    "😀",
    "a\n😀",
)
texts = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(st.characters(exclude_categories=["Cs"]))
plain_texts = texts.filter(lambda text: not set(text) & set("\t\r\x85\u2028\u2029") and not text.endswith("\n\n"))
keys = st.text("abcxyz019_-é{ ", min_size=1, max_size=20) | st.sampled_from(("on", "null", "1", "=", "<<"))


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)

    return st.dictionaries(keys, st.recursive(leaves, deeper, max_leaves=10), min_size=1, max_size=3)


scalars = st.integers() | st.booleans() | st.none()


def theirs(fields: dict[str, Any]) -> str:
    return yaml.dump(
        fields, Dumper=Theirs, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=False
    )


@pytest.mark.parametrize("text", TRICKY)
def test_a_tricky_text_is_spelt_as_libyaml_spells_it(text: str) -> None:
    fields = {"alone": text, "inside": [text, [text], {"deeper": {"still": text}}]}

    assert yaml_text(fields, "") == theirs(fields)


@pytest.mark.parametrize("text", TRICKY + ODD)
def test_a_tricky_text_reads_back_as_what_it_was(text: str) -> None:
    fields = {"alone": text, "inside": [text, [text], {"deeper": {text: text}}]}

    assert yaml.safe_load(yaml_text(fields, "")) == fields


@given(trees(plain_texts.filter(lambda text: text != "\n") | scalars))
@example({"expr": "  a\nor\n  b", "for": "5m", "labels": {}, "rules": [], "nested": [[["x"], {"y": "a\n"}]]})
def test_our_yaml_is_byte_for_byte_that_of_libyaml(fields: dict[str, Any]) -> None:
    assert yaml_text(fields, "") == theirs(fields)


@given(trees(texts | scalars))
def test_our_yaml_reads_back_as_what_it_was(fields: dict[str, Any]) -> None:
    assert yaml.safe_load(yaml_text(fields, "A header\nof two lines.")) == fields


def test_a_decimal_is_written_as_it_stands_and_a_float_is_refused() -> None:
    assert yaml_text({"threshold": Decimal("0.0144")}, "Limits") == "# Limits\nthreshold: 0.0144\n"

    with pytest.raises(TypeError, match=r"0\.1 cannot be written as YAML"):
        yaml_text({"threshold": 0.1}, "")
