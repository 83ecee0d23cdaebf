"""Duty rotas: rules in words, the problem solved, what a plan is worth, and why a turn stays open."""
