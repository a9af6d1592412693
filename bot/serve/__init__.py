"""The process behind `strategist serve`: starts the parts, says how they are, and stops without losing work.

run      starts and stops the parts; signals, limits, the exit
health   /healthz on the loopback address
http     the web server for Slack's HTTP mode: nothing gets past it unsigned or malformed
web      the server under both
redact   keeps secrets out of every log
"""
