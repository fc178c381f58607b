"""What people want to be told, by which way: every sender asks here."""
