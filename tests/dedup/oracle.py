"""The pair rule read plainly, word by word, without numpy. Use it to check the vectorised one; window and keys aside."""

from __future__ import annotations

from worker.dedup.entry import Entry
from worker.dedup.pair import Match
from worker.dedup.reading import SHORT


def oracle(a: Entry, b: Entry) -> Match | None:
    """The match of two entries that are within the window and have stopped no shingle."""
    if a.body == b.body:
        return Match(1000, True)
    if min(len(a.trace), len(b.trace)) < SHORT or not set(_keys(a)) & set(_keys(b)):
        return None
    earlier, later = sorted((a, b), key=lambda e: (e.t, e.id))
    shingles, others = _shingles(earlier), _shingles(later)
    score = 1000 * len(set(shingles) & set(others)) // min(a.size, b.size)
    slots, words = _slots(earlier.trace, later.trace)
    if score < (500 if words >= 60 else 666) or slots * 20 > words:
        return None
    own, other, title = set(later.title), set(earlier.title), 0
    if own and other:
        title = 1000 * len(own & other) >= 500 * min(len(own), len(other))
    agree = [_opening(others, shingles) >= 400, _opening(shingles, others) >= 400, bool(title), score >= 666]
    most_of_a_long_text = score >= 666 and words >= 240
    lead = min(_lead(shingles, others), _lead(others, shingles))
    if lead >= 8 and words < 120:
        return None
    bits = sum(1 << i for i, agrees in enumerate(agree) if agrees)
    return Match(score, False, slots, words, bits) if sum(agree) >= 2 or most_of_a_long_text else None


def _keys(entry: Entry) -> list[bytes]:
    return [entry.keys[i : i + 4] for i in range(0, len(entry.keys), 4)]


def _shingles(entry: Entry) -> list[bytes]:
    return [entry.trace[i : i + 4] for i in range(len(entry.trace) - 3)]


def _opening(shingles: list[bytes], others: list[bytes]) -> int:
    head = shingles[:27]
    return 1000 * sum(s in others for s in head) // len(head)


def _lead(shingles: list[bytes], others: list[bytes]) -> int:
    return next(i for i, shingle in enumerate(shingles) if shingle in others)


def _slots(walked: bytes, partner: bytes) -> tuple[int, int]:
    """Slots, and words found, along the walked trace."""
    place = [partner.find(walked[i : i + 4]) if i + 4 <= len(walked) else -1 for i in range(len(walked))]
    found = [any(place[j] >= 0 for j in range(max(0, i - 3), i + 1)) for i in range(len(walked))]
    slots, words, i = 0, sum(found), 0
    while i < len(walked):
        if found[i]:
            i += 1
            continue
        begin = i
        while i < len(walked) and not found[i]:
            i += 1
        if i - begin > 12 or (begin == 0 and i == len(walked)):
            continue
        left = place[begin - 4] + 4 if begin else 0
        right = place[i] if i < len(walked) else len(partner)
        if not 0 < right - left <= 12:
            continue
        from_left = left if begin else right - i  # where the partner's word beside walked[begin] stands
        from_right = right - (i - begin) if i < len(walked) else left
        same = [
            any(
                left <= at < right and partner[at] == walked[j]
                for at in (from_left + j - begin, from_right + j - begin)
            )
            for j in range(begin, i)
        ]
        runs = sum(not s and (k == 0 or same[k - 1]) for k, s in enumerate(same))
        slots += max(1, runs)
        words += sum(same)
    return slots, words
