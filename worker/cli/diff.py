"""``news-worker diff PREFIX_A PREFIX_B``: what the rules of one prefix made differently from those of the other."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from worker.outputs import read_final
from worker.settings import Settings

Article = Mapping[str, Any]

# What a reader of the outputs would notice, and how it is compared.
ASPECTS: dict[str, Callable[[Article], Any]] = {
    "title": lambda a: a.get("title"),
    "date": lambda a: (a.get("published") or {}).get("at"),
    "body": lambda a: a.get("body"),
    "language": lambda a: (a.get("language") or {}).get("code"),
    "topics": lambda a: [t.get("code") for t in a.get("topics") or ()],
    "countries": lambda a: a.get("countries"),
    "agency": lambda a: a.get("agency"),
    "version": lambda a: a.get("version"),
    "cluster": lambda a: (a.get("dedup") or {}).get("cluster"),
}
_LONGEST = 120


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("diff", help="say what differs between two prefixes", description=__doc__)
    parser.add_argument("prefix_a", metavar="PREFIX_A")
    parser.add_argument("prefix_b", metavar="PREFIX_B")
    parser.add_argument("--samples", type=int, default=3, help="differing articles shown for each aspect (default: 3)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print counts and samples; 0 whether or not anything differs."""
    one, other = asyncio.run(_both(args, settings))
    found = compare(one, other)
    if args.json:
        sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
        return 0
    print(f"{args.prefix_a}: {len(one)} live articles, {args.prefix_b}: {len(other)}")
    for name, ids in (("only in " + args.prefix_a, found["only_a"]), ("only in " + args.prefix_b, found["only_b"])):
        print(f"{name}: {len(ids)}" + "".join(f"\n    {i}" for i in ids[: args.samples]))
    for aspect, rows in found["differing"].items():
        print(f"{aspect}: {len(rows)} of {found['common']} differ")
        for ident, a, b in rows[: args.samples]:
            print(f"    {ident}\n      {args.prefix_a}: {_short(a)}\n      {args.prefix_b}: {_short(b)}")
    return 0


async def _both(args: argparse.Namespace, settings: Settings) -> tuple[dict[str, Article], dict[str, Article]]:
    one = await read_final(dataclasses.replace(settings, prefix=args.prefix_a))
    return one, await read_final(dataclasses.replace(settings, prefix=args.prefix_b))


def compare(one: Mapping[str, Article], other: Mapping[str, Article]) -> dict[str, Any]:
    """Ids on one side only, and for each aspect the ids that differ with both values."""
    common = sorted(one.keys() & other.keys())
    differing: dict[str, list[tuple[str, Any, Any]]] = {}
    for aspect, of in ASPECTS.items():
        differing[aspect] = [(i, a, b) for i in common if (a := of(one[i])) != (b := of(other[i]))]
    return {
        "common": len(common),
        "only_a": sorted(one.keys() - other.keys()),
        "only_b": sorted(other.keys() - one.keys()),
        "differing": differing,
    }


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
