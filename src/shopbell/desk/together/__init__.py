"""Working as a team: who is called to what, reminders, keys, hand-over, a buyer's history."""
