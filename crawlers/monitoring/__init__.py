"""Monitoring of crawls: an extension counts in Scrapy's stats, the store keeps the figures of each crawl."""
