"""Listings in bulk: a file is checked first, then applied, with a report on every row."""
