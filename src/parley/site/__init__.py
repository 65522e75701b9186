"""The static site: the leaderboard's page and the article browser. No server, nothing from outside, plain without scripts."""
