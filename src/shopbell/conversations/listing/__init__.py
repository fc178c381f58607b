"""Lists of conversations: the desk's views, what narrows them, how much is in each."""
