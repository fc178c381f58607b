"""Who is reached how and when: the ladder of channels that a wait climbs, by clock."""
