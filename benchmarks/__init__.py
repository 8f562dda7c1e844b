"""Figures, not tests: each module is a program that prints them."""
