"""The one way in from outside: settings, connection, steps and views."""
