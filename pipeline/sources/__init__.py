"""How sources do: monitors of their crawls, incidents when they fall silent, and their status. Counts only."""
