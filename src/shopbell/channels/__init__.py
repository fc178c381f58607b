"""Ways out to people and in from them, one folder each."""
