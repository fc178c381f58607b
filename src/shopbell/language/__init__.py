"""What a message says: language, tone, topic and facts, and what it should not show."""
