"""Finding words in texts: tokens of our own, and an index of them in either database."""
