"""What people meet: the command line now, Slack later. Whatever it knows comes from `retrieval`."""
