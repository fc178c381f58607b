"""Proof: what was promised is recorded while the product is hurt, and judged afterwards."""
