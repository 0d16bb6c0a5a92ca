"""Measurements. Ratios within one run count; absolute figures belong to the machine."""
