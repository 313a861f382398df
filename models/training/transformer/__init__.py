"""Trains the multi-task transformer (extra ``train``): trunk, rows, network, loop, calibration, export."""
