"""What people might have written: made-up words in three languages, the common ones far ahead."""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

Language = Literal["zh", "ru", "en"]
SHARES: Sequence[tuple[Language, float]] = (("zh", 0.5), ("en", 0.25), ("ru", 0.25))
WORDS = {"zh": 8_000, "ru": 20_000, "en": 20_000}
LENGTHS = {"zh": (6, 22), "ru": (4, 16), "en": (4, 18)}
_CHARACTERS = [chr(0x4E00 + n * 7) for n in range(2_500)]
_SYLLABLES = {
    "ru": [a + b for a in "бвгдклмнпрст" for b in ("а", "о", "е", "и", "у", "ой", "ен", "ать")],
    "en": [a + b for a in "bcdfglmnprst" for b in ("a", "o", "e", "i", "u", "er", "in", "ing")],
}


class Corpus:
    """Made-up words, and sentences of them; the same for the same ``seed``."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - what is measured can be repeated
        self._words = {language: self._made(language) for language, _share in SHARES}
        self._sums = {
            language: list(accumulate(1 / (rank + 3) for rank in range(len(words))))
            for language, words in self._words.items()
        }

    def language(self) -> Language:
        """Return the language of the next message."""
        languages, shares = zip(*SHARES, strict=True)
        found: Language = self._chance.choices(languages, shares)[0]
        return found

    def sentence(self, language: Language) -> str:
        """Return what somebody might have written."""
        words = [self.word(language) for _word in range(self._chance.randint(*LENGTHS[language]))]
        number = f" {self._chance.randrange(10**9)}" if self._chance.random() < 0.05 else ""  # noqa: PLR2004
        return ("" if language == "zh" else " ").join(words) + number

    def word(self, language: Language) -> str:
        """Return a word, the more often the commoner it is."""
        sums = self._sums[language]
        return self._words[language][bisect(sums, self._chance.random() * sums[-1])]

    def _made(self, language: Language) -> list[str]:
        if language == "zh":
            lengths = self._chance.choices((1, 2, 3), (15, 70, 15), k=WORDS[language])
            return ["".join(self._chance.choices(_CHARACTERS, k=length)) for length in lengths]
        lengths = self._chance.choices((1, 2, 3, 4), (5, 35, 40, 20), k=WORDS[language])
        return ["".join(self._chance.choices(_SYLLABLES[language], k=n)) for n in lengths]
