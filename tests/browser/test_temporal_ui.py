"""The Temporal Web UI as staff use it, in a real browser: list, update dialog, current details."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from embedded.stack import RunningStack
from gateway.steps import Gateway
from models.trajectory import STEPS
from tests.browser.conftest import Codec, Newcomer, Updates
from workflows.updates import describe

pytestmark = [pytest.mark.browser, pytest.mark.dev_server, pytest.mark.slow]
COLUMNS = "namespace-workflow-table-columns"
PATIENCE = 40_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    """The browser of one member of staff: its cache and its choices last over the tests."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="nl-BE", timezone_id="Europe/Brussels"
    )
    # Drawn without a graphics card, the blur behind a dialog costs more than all the rest.
    await context.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
        "document.createElement('style'), {textContent: '*, ::backdrop "
        "{ backdrop-filter: none !important; transition: none !important }'})))"
    )
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


@pytest.fixture
async def page(profile: BrowserContext, codec: Codec) -> AsyncIterator[Page]:
    opened = await profile.new_page()
    await opened.add_init_script(remembered(codec.of()))
    yield opened
    await opened.close()


def remembered(codec: str) -> str:
    """What the page remembers once somebody filled in the codec's address under its glasses."""
    return (
        f"localStorage.setItem('endpoint', JSON.stringify({json.dumps(codec)}));"
        "localStorage.setItem('overrideRemoteCodecConfiguration', 'true')"
    )


async def update_dialog(page: Page, stack: RunningStack, trajectory: str, codec: Codec) -> Locator:
    await page.add_init_script(remembered(codec.of(trajectory)))
    await page.goto(f"{stack.temporal.ui_address}/{trajectory}")
    await page.get_by_role("button", name="More Actions").click()
    await page.get_by_role("menuitem", name="Send an Update").click()
    dialog = page.locator("dialog[open]")
    await dialog.get_by_role("button", name="Select an Update").click()
    return dialog


async def choose(dialog: Locator, name: str) -> None:
    await dialog.get_by_role("option").filter(has=dialog.page.get_by_text(name, exact=True)).click()


async def submit(page: Page, dialog: Locator, data: object) -> None:
    await dialog.locator(".cm-content").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(json.dumps(data))
    # Leaving the field lets the page lay out the JSON; a click on Submit would be lost to that.
    await page.keyboard.press("Tab")
    await dialog.get_by_role("button", name="Submit").click()


def asked(**data: Any) -> dict[str, Any]:
    return {"who": "an", "role": "coordinator", "data": data}


async def test_every_step_is_listed_with_its_dutch_description_and_example(
    stack: RunningStack, newcomer: Newcomer, page: Page, codec: Codec
) -> None:
    dialog = await update_dialog(page, stack, await newcomer(), codec)

    await expect(dialog.get_by_role("option").filter(has_text="hand_over_keys")).to_be_visible()
    texts = await dialog.get_by_role("option").all_inner_texts()
    rows = [text.strip().partition("\n") for text in texts if text.strip()]
    listed = {name: description for name, _, description in rows}
    assert listed.pop("hear").endswith("(niet voor mensen).")
    assert "" == listed.pop("Custom")
    assert {step.name: describe(step) for step in STEPS.values()} == listed


async def test_a_wrong_step_is_refused_in_its_sentence_alone_and_a_right_one_accepted(
    stack: RunningStack,
    newcomer: Newcomer,
    updates: Updates,
    page: Page,
    gateway: Gateway,
    codec: Codec,
) -> None:
    trajectory = await newcomer()
    before = await updates(trajectory)
    dialog = await update_dialog(page, stack, trajectory, codec)
    alert = dialog.get_by_role("alert").filter(visible=True)

    await choose(dialog, "hand_over_keys")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(alert).to_have_text(
        'Geef één JSON-object, bv. {"who": "an", "role": "coordinator", "data": {…}}.'
    )

    await submit(page, dialog, asked(**STEPS["hand_over_keys"].example))
    await expect(alert).to_have_text(
        "'Sleutels geven' kan niet in de fase 'Wachtlijst'. "
        "Wat nu wel kan: 'Oproepen', 'Aanmelding intrekken'."
    )
    assert before == await updates(trajectory)

    await dialog.get_by_role("button", name="hand_over_keys").click()
    await choose(dialog, "change_wish")
    await submit(page, dialog, asked(living="delen"))
    await expect(page.get_by_text("Update successful").first).to_be_visible()
    assert before + 2 == await updates(trajectory)
    assert "delen" == (await gateway.view(trajectory))["overview"]["living"]


async def test_the_current_details_say_where_somebody_stands(
    stack: RunningStack, newcomer: Newcomer, page: Page
) -> None:
    await page.goto(f"{stack.temporal.ui_address}/{await newcomer()}")
    await page.get_by_role("tab", name="User Metadata").click()

    details = page.frame_locator("iframe").nth(1)
    await expect(details.get_by_text("Fase: Wachtlijst")).to_be_visible()
    await expect(details.get_by_role("row", name="Oproepen call_up")).to_be_visible()


async def test_the_list_shows_stage_and_next_deadline_once_they_are_chosen(
    stack: RunningStack, newcomer: Newcomer, gateway: Gateway, page: Page
) -> None:
    trajectory = await newcomer()
    row = page.get_by_role("row").filter(has_text=trajectory)
    await page.goto(stack.temporal.ui_address)
    await expect(row).to_be_visible()

    await page.get_by_role("button", name="Configure Columns").click()
    for column in ("OpstapStage", "OpstapNextDeadline"):
        await page.get_by_role("button", name=f"Add {column} column").click()
    for column in ("Run ID", "Type"):
        await page.get_by_role("button", name=f"Remove {column} column").click()

    kept = json.loads(await page.evaluate(f"localStorage.getItem('{COLUMNS}')"))
    labels = ["Status", "Workflow ID", "Start", "End", "OpstapStage", "OpstapNextDeadline"]
    assert [{"label": label} for label in labels] == kept["opstap"]

    await page.goto(f'{stack.temporal.ui_address}?query=OpstapStage="wachtlijst"')
    await expect(row.get_by_text("wachtlijst", exact=True)).to_be_visible()
    due = (await gateway.view(trajectory))["overview"]["next_at"]
    await expect(row).to_contain_text(re.compile(rf"\b{due[:4]}\b.*, 7:00:00,00 CES?T"))
