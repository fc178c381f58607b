"""The machinery below every room; it knows no word of the trade."""
