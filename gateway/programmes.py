"""Finding programme profiles: the organisation's own folder first, then those of the product."""

from datetime import date
from importlib import resources
from pathlib import Path

from gateway.settings import Settings
from models.errors import ProfileError
from models.programme import Programme, Rules, load_programme


def profile_folders(settings: Settings) -> list[Path]:
    """Return the folders in which profiles are looked for, in order."""
    own = [settings.programmes_dir] if settings.programmes_dir else []
    return [*own, Path(str(resources.files("programmes")))]


def find_programme(settings: Settings, name: str | None = None) -> Programme:
    """Return a profile by name.

    Raises:
        ProfileError: no such profile (the sentence lists those there are), or it does not add up.
    """
    wanted = name or settings.programme
    known: set[str] = set()
    for folder in profile_folders(settings):
        known |= {path.stem for path in folder.glob("*.toml")}
        path = folder / f"{wanted}.toml"
        if path.is_file():
            return load_programme(path)
    raise ProfileError(f"Er is geen programma '{wanted}'. Gekend zijn: {', '.join(sorted(known))}.")


def rules_on(settings: Settings, day: date) -> Rules:
    """Return the rules of this installation's programme on a day."""
    return find_programme(settings).rules(day)
