"""Time zones of news: abbreviations, and the only zone of a site's country domain. Use it when a date states no offset.

Country data is the `zone.tab` of the IANA time zone database, as the `tzdata` package carries it.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_HOUR = 60
#: Minutes east of UTC. An ambiguous abbreviation has the meaning that news sites use most.
OFFSETS: dict[str, int] = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "ut": 0,
    "wet": 0,
    "mez": _HOUR,
    "cet": _HOUR,
    "wez": 0,
    "bst": _HOUR,
    "west": _HOUR,
    "wesz": _HOUR,
    "mesz": 2 * _HOUR,
    "cest": 2 * _HOUR,
    "hnec": _HOUR,
    "heec": 2 * _HOUR,
    "eet": 2 * _HOUR,
    "oez": 2 * _HOUR,
    "eest": 3 * _HOUR,
    "oesz": 3 * _HOUR,
    "msk": 3 * _HOUR,
    "мск": 3 * _HOUR,
    "trt": 3 * _HOUR,
    "sast": 2 * _HOUR,
    "cat": 2 * _HOUR,
    "eat": 3 * _HOUR,
    "wat": _HOUR,
    "gst": 4 * _HOUR,
    "pkt": 5 * _HOUR,
    "ist": 330,
    "npt": 345,
    "wib": 7 * _HOUR,
    "wita": 8 * _HOUR,
    "wit": 9 * _HOUR,
    "ict": 7 * _HOUR,
    "sgt": 8 * _HOUR,
    "hkt": 8 * _HOUR,
    "pht": 8 * _HOUR,
    "myt": 8 * _HOUR,
    "awst": 8 * _HOUR,
    "kst": 9 * _HOUR,
    "jst": 9 * _HOUR,
    "acst": 570,
    "acdt": 630,
    "aest": 10 * _HOUR,
    "aedt": 11 * _HOUR,
    "nzst": 12 * _HOUR,
    "nzdt": 13 * _HOUR,
    "est": -5 * _HOUR,
    "edt": -4 * _HOUR,
    "cst": -6 * _HOUR,
    "cdt": -5 * _HOUR,
    "mst": -7 * _HOUR,
    "mdt": -6 * _HOUR,
    "pst": -8 * _HOUR,
    "pdt": -7 * _HOUR,
    "akst": -9 * _HOUR,
    "akdt": -8 * _HOUR,
    "hst": -10 * _HOUR,
    "ast": -4 * _HOUR,
    "adt": -3 * _HOUR,
    "nst": -210,
    "ndt": -150,
    "brt": -3 * _HOUR,
    "art": -3 * _HOUR,
    "uyt": -3 * _HOUR,
    "clt": -4 * _HOUR,
    "clst": -3 * _HOUR,
    "pet": -5 * _HOUR,
}
#: Names that mean a zone, not an offset: the day decides between standard and summer time.
NAMED: dict[str, str] = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "eastern": "America/New_York",
    "pacific": "America/Los_Angeles",
}
#: Country domains that the whole world buys: they tell nothing of a country.
_SOLD_NAMES = (
    "ac ag ai am bz cc cd cf cm co dj fm ga gd gg gl gq im io la ly me ml ms mu nu pw sc sh st su sx tk to tv vc vg ws"
)
_SOLD = frozenset(_SOLD_NAMES.split())
_ALIASES = {"uk": "GB"}


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """ISO 3166-1 alpha-2 code -> its IANA zones."""
    table: dict[str, list[str]] = {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for row in text.splitlines():
        if row and not row.startswith("#"):
            code, _, name = row.split("\t")[:3]
            table.setdefault(code, []).append(name)
    return table


@lru_cache(maxsize=512)
def zone_of_host(host: str) -> str | None:
    """The only IANA zone of the country of `host`'s domain, else None.

    Zones of a country that agree since the year 2000 count as one (Berlin and Busingen).
    """
    label = country_of_host(host)
    return _zone_of_country(label) if label else None


def zones_of_country(code: str) -> list[str]:
    """The IANA zones of a country, by its ISO 3166-1 alpha-2 code or its domain; those where most people live come first."""
    return _countries().get(_ALIASES.get(code.casefold(), code.upper()), [])


def country_of_host(host: str) -> str | None:
    """The country domain of `host`; None where it has none or one that the whole world buys."""
    label = host.rstrip(".").rsplit(".", 1)[-1].casefold()
    return label if len(label) == 2 and label not in _SOLD else None


@lru_cache(maxsize=1024)
def _zone_of_country(label: str) -> str | None:
    zones = _countries().get(_ALIASES.get(label, label.upper()))
    if not zones or len(zones) == 1:
        return zones[0] if zones else None
    days = [datetime(2000, 1, 15, 12, tzinfo=UTC) + timedelta(days=61 * i) for i in range(156)]
    seen = {tuple(day.astimezone(ZoneInfo(name)).utcoffset() for day in days) for name in zones}
    return zones[0] if len(seen) == 1 else None


@lru_cache(maxsize=512)
def zone(name: str | None) -> tzinfo | None:
    """The zone of an IANA name; None for none and for a name that is not known."""
    if not name or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None


@lru_cache(maxsize=512)
def is_day_first(host: str) -> bool | None:
    """True where the host's country writes the day before the month, False for the month first, None where the host
    is silent.
    """
    label = host.rstrip(".").rsplit(".", 1)[-1].casefold()
    if label in ("us", "gov", "mil", "ph"):
        return False
    return True if len(label) == 2 and label not in _SOLD else None
