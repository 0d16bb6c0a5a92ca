"""Who an article is: the normalised URL and the id made of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

# Parameters that name a campaign or a click, not a page.
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh mc_cid mc_eid _ga _gl wt_mc wt_zmc "
    "ocid cmpid ns_mchannel ns_source ns_campaign ns_linkname ns_fee at_medium at_campaign at_link_type at_link_id "
    "at_link_origin at_ptr_name at_format at_bbc_team smid spm xtor ref_src ref_url s_cid soc_src soc_trk mkt_tok "
    "_hsenc _hsmi oly_anon_id oly_enc_id vero_id".split()
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ID = re.compile(r"[0-9a-f]{32}")
# An address that is spelt as it will be but for its scheme and `www.`: most are.
_PLAIN = re.compile(
    r"https?://(?:www\.)?((?!www\.)[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?/[A-Za-z0-9/~!$&'()*+,;=:@._-]{0,2000})"
)


def is_id(text: str) -> bool:
    """Whether ``text`` has the form of an article id: 32 lower-case hex digits."""
    return _ID.fullmatch(text) is not None


def is_absolute_url(text: str) -> bool:
    """Whether ``text`` is an absolute http(s) URL with a host."""
    try:
        parts = urlsplit(text.strip())
        return parts.scheme.lower() in _DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return False


def host_of(url: str | None) -> str | None:
    """The host of ``url`` in lower case without a leading ``www.``; None where there is none."""
    if not url:
        return None
    if plain := _PLAIN.fullmatch(url.strip()):
        return plain[1].partition("/")[0]
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def normalise_url(url: str) -> str:
    """One spelling for all addresses of a page.

    Scheme, leading ``www.``, default port, fragment and tracking parameters are dropped, the host is in lower case and
    ASCII (IDNA), the query sorted (RFC 3986 §6.2 where it applies). What does not parse as a URL is returned stripped.
    """
    text = url.strip()
    if plain := _PLAIN.fullmatch(text):
        return plain[1]
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable())
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname
    except ValueError:
        return text
    if not host:
        return text
    host = host.rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = unicodedata.normalize("NFC", host)
    host = host.removeprefix("www.")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe="/~!$&'()*+,;=:@-._", errors="surrogateescape")
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None, errors="surrogateescape")
    kept = sorted((k, v) for k, v in pairs if not _is_tracking(k.lower()))
    query = urlencode(kept, errors="surrogateescape")
    return host + (path or "/") + ("?" + query if query else "")


def _is_tracking(parameter: str) -> bool:
    return parameter in _TRACKING or parameter.startswith(_TRACKING_PREFIXES)


def article_id(url: str | None, source: str | None, own_id: str | None, text: str | None) -> str | None:
    """The article's id: the first 32 hex digits of a SHA-256, or None where nothing identifies the message.

    Over the normalised ``url``; without one over ``source`` + NUL + ``own_id``; with neither over the raw text in NFC
    with white space squeezed.
    """
    if url and url.strip():
        return _digest(normalise_url(url))
    if own_id and own_id.strip():
        return _digest((source or "").strip() + "\0" + own_id.strip())
    squeezed = " ".join(unicodedata.normalize("NFC", text or "").split())
    return _digest(squeezed) if squeezed else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
