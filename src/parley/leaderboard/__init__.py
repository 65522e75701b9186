"""Submissions and the leaderboard: ``submission`` reads and adds them, ``board`` scores and compares them.

``records`` has the records of submission.json, leaderboard.json and agreement.json.
"""
