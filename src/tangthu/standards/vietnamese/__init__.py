"""Vietnamese text as records need it: compared, sorted, read as codes, dates and record types.

Text is folded and split for search (`text`), ordered without a Vietnamese collation (`sorting`),
and read the way people and scanners write it: codes by NĐ30/2020/NĐ-CP PL.I-I-II.3 (`codes`), dates
(`dates`), record types of TT05/2025/TT-BNV (`record_types`).
"""

from tangthu.standards.vietnamese.codes import (
    Code,
    CodeKeys,
    canonical_notation,
    code_key,
    code_keys,
    parse_code,
)
from tangthu.standards.vietnamese.dates import DateError, PartialDate, from_parts, parse_date
from tangthu.standards.vietnamese.record_types import TypeMatch, match_type
from tangthu.standards.vietnamese.sorting import name_sort_key, title_sort_key
from tangthu.standards.vietnamese.text import (
    Word,
    collapse_spaces,
    fold,
    nfc,
    normalise_tone,
    without_tones,
    word_forms,
    word_spans,
    words,
)

__all__ = [
    "Code",
    "CodeKeys",
    "DateError",
    "PartialDate",
    "TypeMatch",
    "Word",
    "canonical_notation",
    "code_key",
    "code_keys",
    "collapse_spaces",
    "fold",
    "from_parts",
    "match_type",
    "name_sort_key",
    "nfc",
    "normalise_tone",
    "parse_code",
    "parse_date",
    "title_sort_key",
    "without_tones",
    "word_forms",
    "word_spans",
    "words",
]
