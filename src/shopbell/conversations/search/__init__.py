"""Finding what was said: what is looked for, the index behind it, and who may find what."""
