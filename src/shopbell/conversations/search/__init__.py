"""Finding what was said: what is looked for, the index that follows behind, and who may find what."""
