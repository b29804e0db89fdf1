"""Programme profiles as TOML; the loader is `gateway.programmes`."""
