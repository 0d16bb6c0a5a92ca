"""Bytes to text: `decode` for a message that is not plain UTF-8, `repair_mojibake` for text that somebody decoded
wrongly.

Both never raise and never look at more than the bytes given.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_META = re.compile(rb"<meta[^>]{0,300}?charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9_.:-]{2,40})", re.I)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,8}=\s{0,8}[\"']([A-Za-z0-9_.:-]{2,40})", re.I)
_HEAD = 4096  # bytes in which browsers look for a declaration, and a little more
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, declared: str | None = None) -> tuple[str, list[str]]:
    """Decode `data`: byte order mark, UTF-8 where it fits, `declared` (a header's charset), a meta tag, detection.

    Flags: none for UTF-8; `charset-declared` (by its declaration), `charset-guessed` (by detection), `charset-broken`
    (some bytes fit nowhere and stand as U+FFFD).
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, "replace")
            return text, ["charset-broken"] if "\ufffd" in text else []
    named = [name for name in (_known(declared), _declared_inside(data)) if name]
    escapes = "iso2022_jp" in named and b"\x1b" in data
    if not escapes:
        try:
            return data.decode("utf-8"), []
        except UnicodeDecodeError as error:
            if error.start >= len(data) - 3:  # cut in the middle of a character
                return data[: error.start].decode("utf-8"), ["charset-broken"]
    for name in named:
        fitting = _try(data, name)
        if fitting is not None:
            return fitting, ["charset-declared"]
    mended = data.decode("utf-8", "replace")
    if mended.count("\ufffd") * 200 <= len(mended) and any(ord(c) > 127 and c != "\ufffd" for c in mended):
        return mended, ["charset-broken"]  # UTF-8 with a few bad bytes in it
    guess = _known(detect_encoding(data[: 1 << 17]))
    fitting = _try(data, guess) if guess else None
    if fitting is not None:
        return fitting, ["charset-guessed"]
    return data.decode("cp1252", "replace"), ["charset-guessed", "charset-broken"]


def _declared_inside(data: bytes) -> str | None:
    found = _META.search(data, 0, _HEAD) or _XML.search(data, 0, 300)
    return _known(found[1].decode("ascii")) if found else None


def _known(name: str | None) -> str | None:
    """The Python codec for a label as browsers read it (latin-1 is windows-1252), or None."""
    if not name:
        return None
    try:
        mapped = map_encoding_to_html5(name, fallback_utf8=False) or name
        codec = codecs.lookup(mapped)
        # codecs such as hex or rot13 are no charsets
        return codec.name if getattr(codec, "_is_text_encoding", True) else None
    except (LookupError, ValueError):
        return None


def _try(data: bytes, name: str) -> str | None:
    """`data` in the charset `name`, or None where it does not fit: errors, or control characters no text holds."""
    try:
        text = data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        if name not in ("cp1252", "windows-1252"):
            return None
        text = data.decode("cp1252", "replace")  # five bytes have no meaning in it, browsers let them pass
    sample = text[: 1 << 16]
    odd = sum(1 for c in sample if "\x7f" <= c <= "\x9f" or c == "\ufffd")
    return text if odd * 100 <= len(sample) else None


# ---------------------------------------------------------------- text that was decoded wrongly


def _single_bytes() -> dict[str, int]:
    """Character -> the byte that cp1252 (and latin-1, where it has none) shows as it, for bytes from 0x80."""
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0xA0):
        shown = bytes([byte]).decode("cp1252", "ignore")
        if shown:
            table[shown] = byte
    return table


_BYTES = _single_bytes()
_CONTINUATION = "".join(re.escape(c) for c, byte in _BYTES.items() if byte < 0xC0)
_SEQUENCE = re.compile(
    f"[\u00c2-\u00df][{_CONTINUATION}]|[\u00e0-\u00ef][{_CONTINUATION}]{{2}}|[\u00f0-\u00f4][{_CONTINUATION}]{{3}}"
)
#: What a wrongly decoded text of any European language, of Cyrillic, Greek, Arabic, Hebrew, Hindi, or of typography must hold.
_SIGNS = ("\u00c3", "\u00e2\u20ac", "\u00c2", "\u00d0", "\u00ce", "\u00d9", "\u00d7", "\u00e0\u00a4", "\u00e2\u0080")


def _is_suspicious(text: str) -> bool:
    """Two of the first places where a sign stands are such sequences. Cheap: most pages hold none of the signs."""
    if text.isascii():
        return False
    for sign in _SIGNS:
        if sign[0] not in text:  # a pair takes far longer to be looked for
            continue
        at, hits = -1, 0
        for _ in range(12):
            at = text.find(sign, at + 1)
            if at < 0:
                break
            if _SEQUENCE.match(text, at):
                hits += 1
                if hits == 2:
                    return True
    return False


def repair_mojibake(text: str) -> tuple[str, bool]:
    """Mend UTF-8 that was read as cp1252 or latin-1 ("fÃ¼r" -> "für"), twice over if need be; (text, changed).

    Careful: at least two such sequences, and they must outnumber the other letters beyond ASCII ten to one, since a
    text that was decoded rightly has those and not these.
    """
    changed = False
    for _ in range(2):
        mended = _mend(text)
        if mended is None:
            break
        text, changed = mended, True
    return text, changed


def _mend(text: str) -> str | None:
    if not _is_suspicious(text):
        return None
    hits = 0
    covered = 0

    def back(found: re.Match[str]) -> str:
        nonlocal hits, covered
        sequence = found[0]
        try:
            mended = bytes(_BYTES[c] for c in sequence).decode("utf-8")
        except UnicodeDecodeError:
            return sequence
        hits += 1
        covered += sum(1 for c in sequence if c.isalpha())
        return mended

    mended = _SEQUENCE.sub(back, text)
    if hits < 2:
        return None
    letters = sum(1 for c in re.sub(r"[\x00-\x7f]{1,4096}", "", text) if c.isalpha())
    return mended if (letters - covered) * 10 <= hits else None
