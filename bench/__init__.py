"""Measurements: the same work done by kaoping, by the bare limit and by what else one could use."""
