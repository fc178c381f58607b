"""Clocks (SLA): what a shop's team has to keep by when, what warns it, what a breach means."""
