from tests.stores.databases import engine, migrated, url

__all__ = ["engine", "migrated", "url"]
