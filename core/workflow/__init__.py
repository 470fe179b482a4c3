"""Workflows as data: stages, who acts, clocks and actions; their lint; and the pure decision over them."""
