"""The command ``news-worker``: one module a command, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from typing import NoReturn

from worker import __version__, blas, logs
from worker.errors import ConfigError, TransientError
from worker.settings import add_options, load

COMMANDS = {
    "process": "clean, tag and deduplicate JSON lines, without Kafka",
    "worker": "the Kafka worker: raw news in, finished articles out",
    "serve": "a queryable view of the output topics, its API and page",
    "demo": "all of it on an embedded broker, with sample articles",
    "feed": "send files and folders to the topic of raw articles",
    "tail": "follow the output topics",
    "dlq": "list or replay dead letters",
    "learn": "learn lists of template shingles from an archive or a topic",
    "replay": "run the raw topic again under another prefix",
    "diff": "say what differs between two prefixes",
    "train-topics": "fit a topic model to labels of your own",
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line: the usage of a command with all its settings would hide it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 1 failed for good, 2 wrong use, 75 a restart may mend it."""
    blas.one_thread()
    # Until all is imported Ctrl-C just ends the process: an exception in the middle of an import is a traceback, or a crash
    # of the extension that is being loaded.
    if at_import := signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    arguments = sys.argv[1:] if argv is None else argv
    parser = _Parser(prog="news-worker", description="Cleans, tags and deduplicates scraped news on Kafka.")
    parser.add_argument("--version", action="version", version=f"news-worker {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((a for a in arguments if not a.startswith("-")), None)
    module = None
    for name, text in COMMANDS.items():
        if name == wanted:
            module = importlib.import_module("worker.cli." + name.replace("-", "_"))
            module.add_parser(subparsers)
            add_options(subparsers.choices[name])
        else:
            subparsers.add_parser(name, help=text, add_help=False)
    args = parser.parse_args(arguments)
    assert module is not None
    if at_import:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        settings, warnings = load(os.environ, args)
        logs.configure(settings.log, settings.log_level)
        for warning in warnings:
            print(f"news-worker: {warning}", file=sys.stderr)
        status = int(module.run(args, settings))
        print(end="", flush=True)  # what cannot be written is said here, not by the interpreter at its end
        return status
    except ConfigError as error:
        print(f"news-worker {args.command}: {error}", file=sys.stderr)
        return 1
    except TransientError as error:
        print(f"news-worker {args.command}: {error}", file=sys.stderr)
        return 75
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (head, less); that is no failure of ours.
        _leave_output()
        return 0
    except OSError as error:
        # A full disc, an output that is closed, a file that may not be read: nothing that we could mend.
        _leave_output()
        what = "" if error.filename else "reading or writing failed: "
        print(f"news-worker {args.command}: {what}{error}", file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("NEWS_WORKER_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        print(
            f"news-worker {args.command}: a fault of ours, {type(error).__name__}: {str(error)[:300]}. "
            "NEWS_WORKER_LOG_LEVEL=DEBUG shows where; please report it.",
            file=sys.stderr,
        )
        return 1


def _leave_output() -> None:
    """What is still to be written has no reader or no room; the interpreter must not try again at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
