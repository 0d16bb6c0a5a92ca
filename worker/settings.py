"""Every setting once: name, environment variable, default, reason. Each is also an option of every command."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worker.errors import ConfigError

PREFIX = "NEWS_WORKER_"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)")
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# A century: longer ones are no setting, and overflow the timers and dates of the system.
_LONGEST = 36_525 * 86400.0
_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.%]{2,60}\]|[^\s:/\[\]]{1,255})(?::[0-9]{1,5})?")
_NAME = re.compile(r"[a-zA-Z0-9._-]{1,200}")
_SIZE = re.compile(r"(\d+)\s*(?:(k|m|g)i?)?b?", re.IGNORECASE)


def duration(text: str) -> float:
    """Seconds of ``48h``, ``2s``, ``500ms``, ``7d``; a bare number is seconds."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError("a duration such as 500ms, 2s, 30m, 48h or 7d")
    if (seconds := float(match[1]) * _UNITS[match[2]]) > _LONGEST:
        raise ValueError("a duration of at most 36525d")
    return seconds


def lasting(text: str) -> float:
    """A `duration` of more than nothing."""
    if not (seconds := duration(text)):
        raise ValueError("a duration of more than 0")
    return seconds


def size(text: str) -> int:
    """Bytes of ``8MiB``, ``512k``, ``1048576``; at least one."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise ValueError("a size such as 8MiB or 1048576")
    return int(match[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[(match[2] or "").lower()]


def switch(text: str) -> bool:
    """True or False of 1/0, true/false, yes/no, on/off."""
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("1 or 0")


def count(text: str) -> int:
    """A whole number of at least 0."""
    if not text.strip().isdecimal():
        raise ValueError("a whole number")
    return int(text)


def positive(text: str) -> int:
    """A whole number of at least 1."""
    if (number := count(text)) < 1:
        raise ValueError("a whole number of at least 1")
    return number


def zones(text: str) -> dict[str, str]:
    """``heute.at=Europe/Vienna,example.org=UTC`` as a mapping; every zone must be known."""
    out = {}
    for pair in filter(None, (p.strip() for p in text.split(","))):
        source, _, zone = pair.partition("=")
        try:
            ZoneInfo(zone.strip())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"source=IANA zone, separated by commas; {zone.strip()!r} is no IANA zone") from None
        out[source.strip().lower().removeprefix("www.")] = zone.strip()
    return out


def servers(text: str) -> str:
    """``host:port,host:port``; a host without a port has Kafka's 9092. An IPv6 address stands in brackets."""
    named = [server.strip() for server in text.split(",") if server.strip()]
    if not named or not all(_SERVER.fullmatch(server) and _is_port(server) for server in named):
        raise ValueError("host:port, separated by commas, such as 127.0.0.1:9092")
    return text


def _is_port(server: str) -> bool:
    port = server.rpartition(":")[2]
    return not port.isdecimal() or 0 < int(port) < 1 << 16


def name(text: str) -> str:
    """What Kafka takes in the name of a topic."""
    if not _NAME.fullmatch(text):
        raise ValueError("at most 200 of the letters a to z, digits, dots, - and _")
    return text


def name_or_none(text: str) -> str:
    """A `name`, or empty for none."""
    return name(text) if text else ""


def folder(text: str) -> str:
    """The path of a folder that exists; empty for none."""
    if text and not Path(text).is_dir():
        raise ValueError("a folder that exists")
    return text


def one_of(*names: str) -> Callable[[str], str]:
    """A parser that accepts one of ``names``, in any case."""

    def parse(text: str) -> str:
        for name in names:
            if text.strip().lower() == name.lower():
                return name
        raise ValueError("one of " + ", ".join(names))

    return parse


def _is(default: Any, parse: Callable[[str], Any], reason: str, shown: str | None = None, secret: bool = False) -> Any:
    metadata = {"parse": parse, "reason": reason, "shown": shown, "secret": secret}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata, repr=not secret)
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """What can be set. The variable of ``max_message`` is ``NEWS_WORKER_MAX_MESSAGE``, its option ``--max-message``."""

    broker: str = _is("127.0.0.1:9092", servers, "Kafka's bootstrap servers, host:port separated by commas")
    prefix: str = _is("news", name, "first part of all topic names")
    input: str = _is("", name_or_none, "topic of raw articles", "<prefix>.raw")
    group: str = _is("", str, "consumer group; changelogs are called <group>-<table>-changelog", "<prefix>-worker")
    data: str = _is("news-data", str, "folder for state; a worker takes and locks the first free worker-N in it")
    web: str = _is(
        "",
        str,
        "address of health, metrics and API; port 0 = any free one",
        "worker 127.0.0.1:8081, serve 127.0.0.1:8080",
    )
    partitions: int = _is(8, positive, "partitions of all topics by article id; fixed at the first start")
    shards: int = _is(1, positive, "partitions of news.sketches: languages are spread over them")
    replication: int = _is(1, positive, "replication factor of topics the worker creates")
    processes: int = _is(
        -1, count, "pool of the text stages; 0 = in this process, for debugging", "the cores; process: 1"
    )
    deadline: float = _is(
        2.0, lasting, "CPU seconds a record may take in a text stage; three times as many by the clock", "2s"
    )
    watchdog: float = _is(30.0, lasting, "without progress for so long the process exits with 75", "30s")
    window: float = _is(172_800.0, duration, "two articles further apart are never copies", "48h")
    lateness: float = _is(86_400.0, duration, "how far a message may lag behind and still give the one answer", "24h")
    keep: float = _is(604_800.0, duration, "how long after its first message an article may change", "7d")
    max_message: int = _is(8 << 20, size, "bytes of the largest raw message", "8MiB")
    explain: bool = _is(False, switch, "finished articles say what was removed and what each tag rests on", "0")
    idempotent: bool = _is(True, switch, "idempotent producer; off for brokers that refuse it", "1")
    timezones: dict[str, str] = _is({}, zones, "zone of dates without one, by source: host=IANA zone, ...", "none")
    topic_model: str = _is("", str, "a topic model fitted by train-topics, by path", "none")
    lexicons: str = _is("", folder, "folder whose files stand in for lexicons and gazetteers of the same name", "none")
    ner: str = _is("", str, "installed spaCy models for names, by language: de=de_core_news_sm, ...", "none")
    security: str = _is(
        "PLAINTEXT", one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"), "protocol spoken with the broker"
    )
    sasl_mechanism: str = _is(
        "PLAIN", one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), "how the user is authenticated"
    )
    sasl_username: str = _is("", str, "user at the broker", "none")
    sasl_password: str = _is("", str, "password at the broker", "none", secret=True)
    ssl_ca: str = _is("", str, "file of the authority that signed the broker's certificate", "the system's")
    ssl_cert: str = _is("", str, "file of the client's certificate", "none")
    ssl_key: str = _is("", str, "file of the client's key", "none")
    token: str = _is("", str, "bearer token that the API asks for", "none", secret=True)
    log: str = _is("text", one_of("text", "json"), "form of the log lines")
    log_level: str = _is("INFO", one_of("DEBUG", "INFO", "WARNING", "ERROR"), "least level that is logged")

    @property
    def raw_topic(self) -> str:
        """The topic raw articles are read from."""
        return self.input or f"{self.prefix}.raw"

    @property
    def group_id(self) -> str:
        """The consumer group of the worker."""
        return self.group or f"{self.prefix}-worker"

    @property
    def pool_size(self) -> int:
        """Processes of the pool: what is set, else the cores this process may use."""
        if self.processes >= 0:
            return self.processes
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def topic(self, name: str) -> str:
        """The full name of a topic: ``topic("cleaned")`` is ``news.cleaned``; ``raw`` is the input."""
        return self.raw_topic if name == "raw" else f"{self.prefix}.{name}"

    def address(self, default: str) -> tuple[str, int]:
        """Host and port of the web server; ``default`` is used where none is set."""
        host, _, port = (self.web or default).rpartition(":")
        if not port.isdecimal() or int(port) >= 1 << 16:
            raise ConfigError(f"NEWS_WORKER_WEB is {self.web!r}: it must be host:port")
        return host.strip("[]") or "127.0.0.1", int(port)

    def kafka_options(self) -> dict[str, Any]:
        """Keyword arguments for any aiokafka client: servers, protocol, authentication, TLS."""
        options: dict[str, Any] = {
            "bootstrap_servers": [s.strip() for s in self.broker.split(",") if s.strip()],
            "security_protocol": self.security,
        }
        if self.security.startswith("SASL"):
            if not self.sasl_username:
                raise ConfigError(
                    f"NEWS_WORKER_SECURITY is {self.security}: set NEWS_WORKER_SASL_USERNAME and _PASSWORD"
                )
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password,
            }
        if self.security.endswith("SSL"):
            options["ssl_context"] = self._ssl_context()
        return options

    def _ssl_context(self) -> ssl.SSLContext:
        files = "NEWS_WORKER_SSL_CA", self.ssl_ca
        try:
            context = ssl.create_default_context(cafile=self.ssl_ca or None)
            files = "NEWS_WORKER_SSL_CERT, _KEY", " and ".join(filter(None, (self.ssl_cert, self.ssl_key)))
            if self.ssl_cert:
                # An empty password: asked for one, a process without a terminal would wait for ever.
                context.load_cert_chain(self.ssl_cert, self.ssl_key or None, password="")
        except (OSError, ValueError) as error:
            raise ConfigError(f"{files[0]}: {files[1]} cannot be used: {error}") from None
        return context

    def environment(self) -> dict[str, str]:
        """The variables that give a child process these settings; secrets included, so never log it."""
        out = {}
        for spec in dataclasses.fields(self):
            value = getattr(self, spec.name)
            if value == _default(spec):
                continue
            if isinstance(value, dict):
                value = ",".join(f"{k}={v}" for k, v in value.items())
            out[PREFIX + spec.name.upper()] = str(int(value)) if isinstance(value, bool) else str(value)
        return out


def _default(spec: dataclasses.Field[Any]) -> Any:
    return {} if spec.default is dataclasses.MISSING else spec.default


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` one option for each setting that is no secret."""
    group = parser.add_argument_group("settings (each also an environment variable, NEWS_WORKER_…)")
    for spec in dataclasses.fields(Settings):
        if spec.metadata["secret"]:
            continue
        shown = spec.metadata["shown"] or str(_default(spec))
        form: dict[str, Any] = {"metavar": "VALUE"}
        if spec.metadata["parse"] is switch:
            form = {"action": argparse.BooleanOptionalAction}
        group.add_argument(
            "--" + spec.name.replace("_", "-"),
            dest="setting_" + spec.name,
            default=None,
            help=f"{spec.metadata['reason']} (default: {shown})".replace("%", "%%"),
            **form,
        )


def load(environ: Mapping[str, str], args: argparse.Namespace | None = None) -> tuple[Settings, list[str]]:
    """Settings of the environment, overridden by the options in ``args``, and warnings about unknown variables.

    Raises ConfigError that names the variable, its value and what is expected. A variable ``…_FILE`` names a file that
    holds the value (for secrets).
    """
    values: dict[str, Any] = {}
    for spec in dataclasses.fields(Settings):
        name = PREFIX + spec.name.upper()
        given = getattr(args, "setting_" + spec.name, None) if args is not None else None
        label = "--" + spec.name.replace("_", "-") if given is not None else name
        if given is None:
            given = environ.get(name)
        if given is None and (path := environ.get(name + "_FILE")):
            label = name + "_FILE"
            try:
                given = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{label} cannot be read: {error}") from None
        if given is None:
            continue
        try:
            values[spec.name] = given if isinstance(given, bool) else spec.metadata["parse"](given)
        except ValueError as error:
            shown = "(hidden)" if spec.metadata["secret"] else repr(given)
            raise ConfigError(f"{label} is {shown}: it must be {error}") from None
    return Settings(**values), _unknown(environ)


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [PREFIX + spec.name.upper() for spec in dataclasses.fields(Settings)]
    accepted = {*known, *(name + "_FILE" for name in known)}
    warnings = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in accepted or name.startswith(PREFIX + "TEST_"):
            continue
        nearest = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        warnings.append(f"{name} is not a setting and has no effect{hint}")
    return warnings
