"""Characters that readers and linters take for others."""

from __future__ import annotations

import re
from typing import Final

_ALIKE: Final = frozenset(
    "´¸ıſƄƍƦƧƷƼƽǀǃȜȢȣɁΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϒϜϨϱϲϳϹϺАВЕЗКМНОРСТУХЬабгеорсух"  # noqa: RUF001
    "‐‑‒‘‚‛․′‵‹›⁁⁃⁄⁎⁓⁚−∕∖∗∣∨∪∶∼⊤⋁⋃⋿ノ丶丿"  # noqa: RUF001
)
_PLAIN: Final = str.maketrans(
    "‘’‛′‵‚‹›‐‑‒−⁃⁄∕∗∶∼",  # noqa: RUF001
    "''''',<>-----//*:~",
)
_WORD: Final = re.compile(r"[^\W_]+|[^\w\x00-\x7f]")


def plain(prose: str) -> str:
    """Return prose with ASCII's own quotes, dashes and strokes for those that look like them."""
    return prose.translate(_PLAIN)


def told_apart(source: str) -> str:
    """Number the characters of `source` that look like others, but for those in words of their own script."""
    return _WORD.sub(lambda found: _word(found[0]), source)


def _word(word: str) -> str:
    is_foreign = not any(one.isascii() for one in word)
    if word.isascii() or (is_foreign and any(one not in _ALIKE for one in word)):
        return word
    return "".join(f"\\u{ord(one):04x}" if one in _ALIKE else one for one in word)
