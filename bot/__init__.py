"""What people meet: the command line and Slack. Whatever it knows comes from `retrieval`."""
