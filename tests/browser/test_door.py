"""Who may come in, as a browser meets it; and that nothing is left when the dashboard ends."""

from __future__ import annotations

from harness import TOKEN, ready, start, stop, until


def test_without_the_token_it_is_asked_for_and_then_lets_in(server, browser, screenshot):
    page = browser.new_context().new_page()
    assert page.goto(server.address).status == 403
    screenshot(page, "door")
    page.get_by_label("口令 Token").fill("wrong-token-wrong-token")
    page.get_by_role("button", name="进入 Enter").click()
    assert page.get_by_role("alert").inner_text() == "口令不对。The token is wrong."
    page.get_by_label("口令 Token").fill(TOKEN)
    page.keyboard.press("Enter")
    page.locator(".zhibiao .widget-tab").wait_for()
    assert TOKEN not in page.url
    page.context.close()


def test_a_page_that_is_closed_lets_its_kernel_go(visit, server):
    page, watcher = visit(), visit(complains=True)
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    status = f"fetch('/api/kernels/{kernel}').then(answer => answer.status)"
    assert watcher.evaluate(status) == 200
    page.goto("about:blank")
    assert until(lambda: watcher.evaluate(status) == 404)


def test_when_the_server_ends_then_no_process_is_left_and_no_file(browser, tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    own = start(tmp_path / "data")
    page = browser.new_context().new_page()
    ready(page, own.entrance)
    page.get_by_role("tab", name="月度数据").click()
    page.get_by_role("button", name="出本地区的简报").click()
    page.get_by_text("正在计算").wait_for()
    assert stop(own) == 0
    assert until(lambda: not [line for line in processes() if str(tmp_path) in line])
    left = [path.name for path in place.iterdir() if not path.name.startswith("zhibiao-state")]
    assert left == []
    page.context.close()


def processes() -> list[str]:
    """Command lines and surroundings of what runs here."""
    from pathlib import Path

    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            found.append((place / "cmdline").read_text() + (place / "environ").read_text(errors="replace"))
        except OSError:
            continue
    return found
