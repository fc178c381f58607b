"""A whole house in one thread and no time at all: real code, chance in place of the world.

Two nodes, their store, the broker between them, lines and pages run on a loop whose clock jumps
to the next thing that happens. Sessions, hub, relay, rounds, services and group commit are the
product's own, on a real SQLite in memory. Whatever is chance outside (who comes first, how long
something takes, what breaks) is drawn from one seed: the same seed gives the same history.

``python -m tests.support.simulation 4711`` plays one seed and says what was seen.
"""
