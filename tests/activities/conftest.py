from tests.activities.delivering import activities, server
from tests.stores.databases import engine, migrated, url

__all__ = ["activities", "engine", "migrated", "server", "url"]
