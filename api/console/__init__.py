"""The console: Chinese-first pages over the same desks that ``/v1`` uses; every page works without JavaScript.

``rules`` says who may open a route, ``visit`` is one request of somebody, ``pages`` has one module a noun.
"""

from api.console.install import install

__all__ = ["install"]
