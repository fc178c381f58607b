"""Letters that arrive: kept first, then read, proven, and put where they belong."""
