"""Numbers as a reader sees them: a ratio as a percentage, seconds as minutes, a burn rate as a multiple."""

import math
from itertools import pairwise

_TIMES = (
    (1e-9, "ns"),
    (1e-6, "µs"),
    (1e-3, "ms"),
    (1, "s"),
    (60, "min"),
    (3600, "hours"),
    (86_400, "days"),
    (604_800, "weeks"),
    (31_536_000, "years"),
)
_PARTS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_COUNTS = ("", "K", "Mil", "Bil", "Tri")
_PLAIN_COUNTS = ("", "K", "M", "B", "T")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB")
_RATES = {"ops": "ops/s", "reqps": "req/s", "cps": "c/s", "iops": "io/s", "wps": "wr/s", "rps": "rd/s", "pps": "p/s"}
_BYTES = {
    "bytes": (1024, _BINARY, ""),
    "decbytes": (1000, _DECIMAL, ""),
    "binBps": (1024, _BINARY, "/s"),
    "Bps": (1000, _DECIMAL, "/s"),
}
_MONEY = {"currencyUSD": "$", "currencyEUR": "€", "currencyGBP": "£"}
_SHORT = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "m": 60.0, "h": 3600.0}


def text(value: float, unit: str | None, decimals: int | None = None) -> str:
    """Write a value in a unit of Grafana's, with so many decimals or as many as it needs."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    unit = unit or "none"
    if unit in {"percentunit", "percent"}:
        return f"{_fixed(value * 100 if unit == 'percentunit' else value, decimals)}%"
    if unit in _SHORT:
        return _time(value * _SHORT[unit], decimals)
    if unit in {"dtdurations", "dtdurationms", "clocks"}:
        return _long_time(value / 1000 if unit == "dtdurationms" else value)
    if unit in _RATES:
        return _scaled(value, 1000, _PLAIN_COUNTS, decimals, f" {_RATES[unit]}")
    if unit in _BYTES:
        base, names, after = _BYTES[unit]
        return _scaled(value, base, tuple(f" {name}" for name in names), decimals, after)
    if unit in _MONEY:
        return f"{'-' if value < 0 else ''}{_MONEY[unit]}{_scaled(abs(value), 1000, _PLAIN_COUNTS, decimals, '')}"
    if unit == "short":
        return _scaled(value, 1000, tuple(f" {n}" if n else "" for n in _COUNTS), decimals, "")
    if unit == "none":
        return _fixed(value, decimals)
    if unit.startswith("prefix:"):
        return f"{unit.removeprefix('prefix:')}{_fixed(value, decimals)}"
    # As Grafana does with a unit that it does not know.
    after = unit.removeprefix("suffix:") if unit.startswith("suffix:") else f" {unit}"
    return f"{_fixed(value, decimals)}{after}"


def scale(value: float, unit: str | None) -> float:
    """Give what is one in the unit that a value is written in: 60 for 900 seconds, which are 15 min."""
    if unit in _SHORT:
        return _step(value * _SHORT[unit])[0] / _SHORT[unit] if value else 1
    if unit in _BYTES:
        base, names, _ = _BYTES[unit]
        return float(base ** next((power for power in range(len(names)) if abs(value) < base ** (power + 1)), 0))
    return 1


def _fixed(value: float, decimals: int | None) -> str:
    places = needed(value) if decimals is None else decimals
    rounded = f"{value:.{places}f}"
    return rounded.removeprefix("-") if not float(rounded) else rounded


def needed(value: float) -> int:
    """Decimals that show three digits of a value or so, and none of a whole number."""
    if value == 0 or value == int(value):
        return 0
    return min(max(0, 2 - math.floor(math.log10(abs(value)))), 9)


def _scaled(value: float, base: int, names: tuple[str, ...], decimals: int | None, after: str) -> str:
    power = 0
    while abs(value) >= base and power < len(names) - 1:
        value /= base
        power += 1
    return f"{_fixed(value, decimals)}{names[power]}{after}"


def _time(value: float, decimals: int | None) -> str:
    if value == 0:
        return f"{_fixed(0, decimals)} s"
    size, name = _step(value)
    return f"{_fixed(value / size, decimals)} {name.removesuffix('s') if _one(value / size, name) else name}"


def _step(value: float) -> tuple[float, str]:
    return next((step for step, (above, _) in pairwise(_TIMES) if abs(value) < above), _TIMES[-1])


def _one(value: float, name: str) -> bool:
    return len(name) > 3 and abs(value) == 1


def _long_time(value: float) -> str:
    left, said = abs(round(value)), []
    for size, name in _PARTS:
        count, left = divmod(left, size)
        if count:
            said.append(f"{count}{name}")
    return ("-" if value < 0 else "") + (" ".join(said[:2]) or "0s")
