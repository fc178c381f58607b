"""The shop team's work: who tends which conversation, who is there, tags, what waits, clocks."""
