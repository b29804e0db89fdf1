"""The mails that were kept on this machine about a person: found by their letters, and deleted.

Only the folders that Opstap itself fills (the catcher of `opstap up`, the folder to post to); what
a real mail server delivered is in somebody's hands.
"""

import asyncio
from collections.abc import Iterable, Sequence
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from stores import people, post


async def delete_mails(
    engine: AsyncEngine, folders: Iterable[Path], trajectories: Sequence[str]
) -> int:
    """Delete every mail of these trajectories' letters, and every other that names the person."""
    ids: set[str] = set()
    words: set[str] = set()
    for trajectory in trajectories:
        for letter in await post.list_letters(engine, trajectory=trajectory):
            ids |= {copy.message_id for copy in letter.copies if copy.message_id}
        person = await people.get_person(engine, trajectory)
        if person is not None:
            words |= {word for word in (person.name, person.email) if word}
    return await asyncio.to_thread(_delete, list(folders), ids, words)


def _delete(folders: list[Path], ids: set[str], words: set[str]) -> int:
    paths = {path.resolve() for folder in folders for path in folder.glob("*.eml")}
    about = [path for path in sorted(paths) if _is_about(path.read_bytes(), ids, words)]
    for path in about:
        path.unlink()
    return len(about)


def _is_about(content: bytes, ids: set[str], words: set[str]) -> bool:
    mail = message_from_bytes(content, policy=policy.default)
    if str(mail.get("Message-ID", "")).strip() in ids:
        return True
    texts = [str(value) for value in mail.values()]
    texts += [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    told = "\n".join(texts).casefold()
    return any(word.casefold() in told for word in words)
