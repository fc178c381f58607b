"""Helpers from outside that may translate, compare and draft; without them everything works."""
