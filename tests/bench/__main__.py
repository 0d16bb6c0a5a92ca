"""Run one measurement: ``python -m tests.bench NAME [options]``; NAME is a module of this package with a ``main``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench

NAMES = sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__) if not m.name.startswith("_"))


def main() -> int:
    """Dispatch by name."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print(f"usage: python -m tests.bench {{{','.join(NAMES)}}} [options]", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"tests.bench.{sys.argv[1]}").main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
