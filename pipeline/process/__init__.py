"""The loop of an assessment (BRIEF §3.1, §10): four stages with thirteen steps, the states of a risk point, dispatches.

``stages`` and ``clocks`` read data files, ``states`` and ``dispatching`` are the two state machines, ``routing`` the
units, ``proposing`` makes dispatch proposals, ``recurrence`` watches what was closed. Every step is a person's (P-23).
"""
