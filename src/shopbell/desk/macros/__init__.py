"""What a team says often, written once: texts with gaps that fill themselves, and what is done."""
