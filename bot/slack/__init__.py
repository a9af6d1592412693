"""AI Strategist in Slack."""
