"""What tests stand on: databases, a running server, people, and eyes for a page."""
