"""Measuring how buyers are answered: what is counted, its figures by any dimension, exports."""
