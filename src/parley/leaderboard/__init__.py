"""Submissions and the leaderboard: ``submission`` reads and adds them, ``board`` scores and compares them.

``records`` has what is written to submission.json, leaderboard.json and agreement.json.
"""
