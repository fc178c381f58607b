"""What happens by itself at the desk: triggers, conditions and actions, as data."""
