import asyncio
from pathlib import Path

import pytest

from activities.post import FolderPost, Mail, Refused, SmtpPost, TryLater, Uncertain
from tests.activities.mail_server import DROP, FaultyServer

BODY = b"Subject: x\r\n\r\nEen regel\r\n.met een punt\r\n..en twee\r\n"
MAIL = Mail("wij@opstap.example", "jij@example.org", "<1@opstap.example>", BODY)


async def test_a_mail_arrives_as_it_was() -> None:
    async with FaultyServer() as server:
        handover = await SmtpPost("127.0.0.1", server.port).offer(MAIL)
        assert [] == server.accepted
        await handover.finish()
    (arrived,) = server.accepted
    assert "jij@example.org" == arrived[0]
    assert BODY == arrived[1].replace(b"\r\n..", b"\r\n.")


async def test_no_more_mails_are_under_way_at_once_than_there_are_lines() -> None:
    async with FaultyServer() as server:
        post = SmtpPost("127.0.0.1", server.port, lines=2)

        async def leave() -> None:
            async with post.line():
                await (await post.offer(MAIL)).finish()

        await asyncio.gather(*(leave() for _ in range(8)))
    assert (8, 2) == (len(server.accepted), server.most)


async def test_while_every_line_is_busy_it_is_for_later_and_one_that_broke_is_free() -> None:
    post = SmtpPost("127.0.0.1", 1, timeout=0.1, lines=1)
    async with post.line():
        with pytest.raises(TryLater, match="alle lijnen naar de mailserver zijn bezet"):
            async with post.line():
                pytest.fail("there is one line")
    with pytest.raises(TryLater, match="refused"):
        async with post.line():
            await post.offer(MAIL)
    async with post.line():
        pass


@pytest.mark.parametrize(
    ("phase", "fault", "expected", "code"),
    [
        ("connect", "421 busy", TryLater, 421),
        ("connect", DROP, TryLater, None),
        ("mail", "451 later", TryLater, 451),
        ("mail", "550 not you", Refused, 550),
        ("rcpt", "450 later", TryLater, 450),
        ("rcpt", "550 unknown", Refused, 550),
        ("rcpt", DROP, TryLater, None),
        ("data", "451 later", TryLater, 451),
        ("data", "554 no", Refused, 554),
    ],
)
async def test_before_the_body_nothing_has_left(
    phase: str, fault: str, expected: type[Exception], code: int | None
) -> None:
    async with FaultyServer({phase: [fault]}) as server:
        with pytest.raises(expected) as caught:
            await SmtpPost("127.0.0.1", server.port).offer(MAIL)
    assert code == getattr(caught.value, "code", None)
    assert [] == server.accepted


@pytest.mark.parametrize(
    ("phase", "fault", "expected", "kept"),
    [
        ("body", "452 full", TryLater, 0),
        ("body", "550 spam", Refused, 0),
        ("accepted", DROP, Uncertain, 1),
    ],
)
async def test_after_the_body_only_the_answer_counts(
    phase: str, fault: str, expected: type[Exception], kept: int
) -> None:
    async with FaultyServer({phase: [fault]}) as server:
        handover = await SmtpPost("127.0.0.1", server.port).offer(MAIL)
        with pytest.raises(expected):
            await handover.finish()
    assert kept == len(server.accepted)


async def test_without_a_server_a_new_try_is_safe() -> None:
    async with FaultyServer() as server:
        port = server.port
    with pytest.raises(TryLater):
        await SmtpPost("127.0.0.1", port).offer(MAIL)


async def test_an_offer_can_be_left(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        handover = await SmtpPost("127.0.0.1", server.port).offer(MAIL)
        await handover.abandon()
    assert [] == server.accepted
    await (await FolderPost(tmp_path).offer(MAIL)).abandon()
    assert not (tmp_path / "1.eml").exists()


async def test_a_folder_keeps_one_file_per_mail(tmp_path: Path) -> None:
    post = FolderPost(tmp_path / "mails")
    for _ in range(2):
        await (await post.offer(MAIL)).finish()
    assert BODY == (tmp_path / "mails" / "1.eml").read_bytes()
    assert not list((tmp_path / "mails").glob("*.part"))
