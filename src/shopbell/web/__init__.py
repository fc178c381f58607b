"""The web door: routes of all rooms, sign-in, limits, problem documents, the built pages."""
