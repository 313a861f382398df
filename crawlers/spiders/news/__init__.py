"""News and official sites: feeds, sitemaps and list pages say what there is, article pages are extracted.

``spider`` reads a window; ``feeds``, ``sitemaps`` and ``lists`` turn what a start address answers into entries;
``settings`` is the ``[parser]`` table.
"""
