"""Weibo (微博): posts of the registered projects and topics, as its documented interfaces give them.

``settings`` knows the interfaces' addresses, ``queries`` what is searched for, ``pages`` and ``posts`` the JSON
layouts, ``markup`` and ``created_at`` how texts and times are written, ``refusals`` the error codes; ``spider`` puts
them together. Account, nickname, avatar, place and device of a poster end in ``posts``; only the key of the voice token
goes on to the intake (P-03).
"""
