"""Politeness (文明爬取): sources are read without harm: robots.txt, rates, budgets, hours, addresses, sizes, blocks.

Scrapy's downloader and spider middlewares and one download handler; spiders know nothing of it.
"""
