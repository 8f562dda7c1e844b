"""The doctor: checks of the whole installation, for the panel and the command line.

What a backend stands on it examines itself (``Backend.examinations``); here is what
concerns Jupyter, and how findings become a report.
"""
