"""The command line: reads arguments, asks the gateway, prints Dutch. Decides nothing itself."""
