"""Linking: which decision project a text is about, with its evidence, or an abstention."""

from pipeline.link.linker import Asked, Linker

__all__ = ["Asked", "Linker"]
