"""A platform that speaks our own small API, such as the demo's (`shopbell demo platform`)."""
