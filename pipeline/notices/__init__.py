"""Official notices (公告公示): their kinds, the clock that a statute sets for each, and the milestones they propose."""
