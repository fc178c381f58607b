"""What a shop has to keep: targets and calendars as data, in versions, and the clocks they wind."""
