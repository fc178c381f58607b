"""The laws of the house, checked: floors, words, refusals, tables, sizes, documents."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/shopbell"
