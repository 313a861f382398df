"""What runs Minyi: units, proxies, dashboards, alert rules, and the report on licences; not part of the package."""
