"""One act on many conversations at once, and back again."""
