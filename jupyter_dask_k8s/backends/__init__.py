"""Where clusters live."""
