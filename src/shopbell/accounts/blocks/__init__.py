"""Blocks: who may not write for a while, why, and what they say to that."""
