"""Measure this machine: a real server in a folder of its own, pages that talk to it, the floor."""

from shopbell.cli.bench.commands import bench

__all__ = ["bench"]
