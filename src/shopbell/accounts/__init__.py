"""Buyers, shop staff and operators: who they are, how they come in, and what they may do."""
