"""The SQLite view of the output topics: what `serve` answers from. It holds no truth and can be rebuilt at any time.

`Writer` puts records into it (one thread), `Reader` answers questions (any number), `Keeper` follows the topics.
"""

from worker.view.keeper import Keeper
from worker.view.reader import Reader
from worker.view.writer import Change, Writer

__all__ = ["Change", "Keeper", "Reader", "Writer"]
