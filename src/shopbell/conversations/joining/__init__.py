"""Conversations that turn out to be one, or two: merged, split, and taken apart again."""
