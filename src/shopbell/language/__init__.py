"""What a message says: its language, its tone, its topic, its facts, and what it should not show."""
