"""Curves: thresholds, calibration and temperature scaling."""
