from replica import site

__all__ = ["site"]
