"""Bad signals: everything that may come back instead of a good answer, as a table. None may ever let a release go.

Each entry takes a good answer, as JSON values, and the moment that was asked for, and says what comes instead. What it
is used on, a gate or a canary, would allow with the good answer: the tests check that first.
"""

import gzip
import json
from collections.abc import Callable
from typing import Any

from lying_prometheus import Said

Lie = Callable[[dict[str, Any], float], Said]


def _said(value: Any, **more: Any) -> Said:
    return Said(body=value if isinstance(value, bytes) else json.dumps(value).encode(), **more)


def _items(good: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = good["data"]["result"]
    return items


def _each(change: Callable[[list[Any], float], list[Any]]) -> Lie:
    """Change every point of every series."""

    def tell(good: dict[str, Any], at: float) -> Said:
        for item in _items(good):
            if "value" in item:
                item["value"] = change(item["value"], at)
            else:
                item["values"] = [change(pair, at) for pair in item["values"]]
        return _said(good)

    return tell


def _newest(written: Any) -> Lie:
    """Change only the newest value of only the first series."""

    def tell(good: dict[str, Any], at: float) -> Said:
        item = _items(good)[0]
        if "value" in item:
            item["value"] = [item["value"][0], written]
        else:
            item["values"][-1] = [item["values"][-1][0], written]
        return _said(good)

    return tell


def _shape(change: Callable[[dict[str, Any]], Any]) -> Lie:
    return lambda good, _: _said(change(good))


def _as(body: bytes | None = None, **more: Any) -> Lie:
    return lambda good, _: _said(good if body is None else body, **more)


def _error(kind: str, status: int) -> Lie:
    return _as(json.dumps({"status": "error", "errorType": kind, "error": "no"}).encode(), status=status)


LIES: dict[str, Lie] = {
    # nothing, or not the whole
    "an empty body": _as(b""),
    "an empty result": _shape(lambda good: {**good, "data": {**good["data"], "result": []}}),
    "a null result": _shape(lambda good: {**good, "data": {**good["data"], "result": None}}),
    "null data": _shape(lambda good: {**good, "data": None}),
    "no data": _shape(lambda _: {"status": "success"}),
    "truncated JSON": lambda good, _: _said(json.dumps(good).encode()[:-20]),
    "half of the JSON": lambda good, _: _said(json.dumps(good).encode()[: len(json.dumps(good)) // 2]),
    "fewer bytes than promised": _as(missing=50),
    "a connection that is closed at once": _as(hang_up=True),
    "warnings": _shape(lambda good: {**good, "warnings": ["No StoreAPIs matched for this query"]}),
    "isPartial": _shape(lambda good: {**good, "isPartial": True}),
    # not Prometheus
    "a login page": _as(b"<!doctype html><html><title>Sign in</title></html>"),
    "HTML with status 502": _as(b"<html>502 Bad Gateway</html>", status=502),
    "plain text": _as(b"Service temporarily unavailable"),
    "the answer to another question": _shape(lambda _: {"status": "success", "data": ["job", "instance"]}),
    "a Loki answer": _shape(lambda _: {"status": "success", "data": {"resultType": "streams", "result": []}}),
    "a list": _shape(lambda good: [good]),
    "a redirect": _as(status=302, headers={"Location": "https://sso.example.com/login"}),
    "a redirect with the good body": _as(status=307, headers={"Location": "/other"}),
    # errors
    "500": _as(b"boom", status=500),
    "500 with the good body": _as(status=500),
    "503 with the good body": _as(status=503),
    "204": _as(b"", status=204),
    "206 with the good body": _as(status=206),
    "401": _as(b"unauthorized", status=401),
    "403 with the good body": _as(status=403),
    "429": _as(b"slow down", status=429),
    "a query error": _error("bad_data", 400),
    "an execution error": _error("execution", 422),
    "a timeout of the query": _error("timeout", 503),
    "an error with status 200": _error("internal", 200),
    "status error beside good data": _shape(lambda good: {**good, "status": "error"}),
    "a status nobody knows": _shape(lambda good: {**good, "status": "ok"}),
    # late
    "no answer in time": _as(pause=30),
    "an answer that drips": _as(pause=0.2, pieces=200),
    # numbers that are none
    "NaN everywhere": _each(lambda pair, _: [pair[0], "NaN"]),
    "one NaN": _newest("NaN"),
    "+Inf": _newest("+Inf"),
    "-Inf": _newest("-Inf"),
    "a number beyond all floats": _newest("1e400"),
    "bare NaN in the JSON": _newest(float("nan")),
    "a bare number": _newest(0),
    "a boolean": _newest(True),
    "null": _newest(None),
    "an object": _newest({}),
    "an empty text": _newest(""),
    "a word": _newest("zero"),
    "a number with an underscore": _newest("1_0"),
    "a number with a blank": _newest("1 0"),
    "a hexadecimal number": _newest("0x0"),
    # times that are not now
    "everything an hour old": _each(lambda pair, _: [pair[0] - 3600, pair[1]]),
    "everything from the future": _each(lambda pair, _: [pair[0] + 3600, pair[1]]),
    "times as text": _each(lambda pair, _: [str(pair[0]), pair[1]]),
    "times that are null": _each(lambda pair, _: [None, pair[1]]),
    "times in milliseconds": _each(lambda pair, _: [pair[0] * 1000, pair[1]]),
    "a server whose clock is an hour behind": _as(headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"}),
    # shapes that are wrong
    "points that are objects": _each(lambda pair, _: [{"at": pair[0], "value": pair[1]}]),
    "points of three": _each(lambda pair, _: [*pair, "1"]),
    "points without a value": _each(lambda pair, _: pair[:1]),
    "every series twice": _shape(
        lambda good: {**good, "data": {**good["data"], "result": [*_items(good), *_items(good)]}}
    ),
    "every series from two replicas": _shape(
        lambda good: {
            **good,
            "data": {
                **good["data"],
                "result": [
                    {**item, "metric": {**item["metric"], "prometheus_replica": replica}}
                    for item in _items(good)
                    for replica in "ab"
                ],
            },
        }
    ),
    "series without labels": _shape(
        lambda good: {
            **good,
            "data": {**good["data"], "result": [{k: v for k, v in i.items() if k != "metric"} for i in _items(good)]},
        }
    ),
    "labels that are empty": _shape(
        lambda good: {**good, "data": {**good["data"], "result": [{**i, "metric": {}} for i in _items(good)]}}
    ),
    "native histograms": _shape(
        lambda good: {
            **good,
            "data": {
                **good["data"],
                "result": [{"metric": item["metric"], "histogram": [1, {"count": "1"}]} for item in _items(good)],
            },
        }
    ),
    "a scalar": lambda _, at: _said({"status": "success", "data": {"resultType": "scalar", "result": [at, "0"]}}),
    "a text": lambda _, at: _said({"status": "success", "data": {"resultType": "string", "result": [at, "0"]}}),
    "the type of another answer": _shape(lambda good: {**good, "data": {**good["data"], "resultType": "scalar"}}),
    "no type": _shape(lambda good: {**good, "data": {"result": _items(good)}}),
    # bodies that are hard to read
    "a huge body": lambda good, _: _said(json.dumps(good).encode() + b" " * 3_000_000),
    "a small body that unpacks to a huge one": lambda good, _: _said(
        gzip.compress(json.dumps(good).encode() + b" " * 3_000_000), headers={"Content-Encoding": "gzip"}
    ),
    "gzip that is none": _as(headers={"Content-Encoding": "gzip"}),
    "bytes that are no text": lambda good, _: _said(json.dumps(good).encode().replace(b'"success"', b'"\xff\xfe"')),
    "very deep JSON": _as(b'{"status":"success","data":' + b"[" * 100_000),
    "two answers after one another": lambda good, _: _said(json.dumps(good).encode() * 2),
}
"""At least forty; what only means something to a gate or to a canary is in its own tests."""
