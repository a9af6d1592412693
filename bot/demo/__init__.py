"""A Slack on loopback: for people without a workspace (`strategist demo`) and for the bot's own tests."""
