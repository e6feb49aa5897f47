"""Batches that start by themselves: when, by whom started, what is told afterwards."""
