"""Kernels as Lab and a batch use them: interrupted, restarted, dropped, and many started at once."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager

from zhibiao.kernels import how
from zhibiao.kernels.templates import templates

SLEEPER = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']{more}).pid"


def test_when_a_kernel_is_interrupted_then_only_its_own_group_is(tools: Any) -> None:
    with tools.Kernel() as one, tools.Kernel() as two:
        within = one.value(SLEEPER.format(more=""), "import subprocess, sys")
        apart = one.value(SLEEPER.format(more=", start_new_session=True"))
        other = two.value(SLEEPER.format(more=""), "import subprocess, sys")
        template = tools.template().process.pid
        waiting = one.client.execute("import time; print('go', flush=True); time.sleep(300)", stop_on_error=False)
        tools.within(
            lambda: one.client.get_iopub_msg(timeout=5)["content"].get("text"), until=lambda text: text == "go\n"
        )
        one.manager.interrupt_kernel()
        reply = tools.within(
            lambda: one.client.get_shell_msg(timeout=5),
            until=lambda seen: seen["parent_header"].get("msg_id") == waiting,
        )
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert tools.within(lambda: not tools.alive(within))
        assert [tools.alive(pid) for pid in (apart, other, template)] == [True, True, True]
        assert (one.value("1 + 1"), two.value("1 + 1")) == (2, 2)
        os.kill(apart, signal.SIGKILL)


def test_when_the_manager_is_dropped_then_the_kernel_runs_on_as_a_cold_one_would(tools: Any) -> None:
    kernel = tools.Kernel().__enter__()
    client, pid, process = kernel.client, kernel.pid, kernel.manager.provisioner.process
    context = kernel.manager.context
    kernel.manager.provisioner = None
    del kernel
    assert client.execute_interactive("1 + 1", timeout=10)["content"]["status"] == "ok"
    client.stop_channels()
    process.kill()
    assert process.wait(5) == -signal.SIGKILL
    assert tools.within(lambda: not psutil.pid_exists(pid))
    context.destroy()


def test_when_lab_restarts_and_interrupts_then_client_and_sockets_stay(tools: Any) -> None:
    async def session() -> None:
        manager = AsyncKernelManager(kernel_spec_manager=tools.Specs(tools.LIGHT))
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        first, sockets = manager.provisioner.pid, manager.ip
        for now in (False, True):
            await client.execute_interactive("planted = 1", timeout=30)
            await manager.restart_kernel(now=now)
            await client.wait_for_ready(timeout=30)
            assert how(manager).started == "forked"
            assert manager.provisioner.pid != first
            assert manager.ip == sockets
            reply = await client.execute_interactive("assert 'planted' not in globals()", timeout=30)
            assert reply["content"]["status"] == "ok"
        busy = asyncio.ensure_future(client.execute_interactive("import time; time.sleep(300)", timeout=30))
        await asyncio.sleep(0.3)
        await manager.interrupt_kernel()
        assert (await busy)["content"]["ename"] == "KeyboardInterrupt"
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not Path(sockets).parent.exists()
        assert not Path(manager.connection_file).exists()

    asyncio.run(session())


def test_when_the_server_restarts_a_kernel_that_died_then_it_is_forked_anew(tools: Any) -> None:
    with tools.Kernel() as kernel:
        first = kernel.pid
        os.kill(first, signal.SIGKILL)
        assert kernel.wait() == -signal.SIGKILL
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=30)
        assert kernel.how.started == "forked"
        assert kernel.pid != first
        assert kernel.value("1 + 1") == 2


def test_when_files_of_dead_kernels_lie_about_then_kernels_start_all_the_same(tools: Any, tmp_path: Path) -> None:
    for number in range(1, 6):
        (tmp_path / f"k-{number}").touch()
    stale = tmp_path / "kernel-stale.json"
    stale.write_text('{"transport": "tcp", "ip": "127.0.0.1", "shell_port": 1}', "utf-8")
    kernel = tools.Kernel()
    kernel.manager.connection_file = str(stale)
    kernel.manager.transport, kernel.manager.ip = "ipc", str(tmp_path / "k")
    with kernel:
        assert kernel.how.started == "forked"
        assert kernel.value("1 + 1") == 2
    assert not stale.exists()


def test_when_a_forked_kernel_is_debugged_then_it_stops_where_it_is_told(tools: Any) -> None:
    with tools.Kernel() as kernel:
        client = kernel.client
        numbers = iter(range(1, 99))

        def ask(command: str, **arguments: Any) -> dict[str, Any]:
            request = {"type": "request", "seq": next(numbers), "command": command, "arguments": arguments}
            message = client.session.msg("debug_request", request)
            client.control_channel.send(message)
            reply = tools.within(
                lambda: client.control_channel.get_msg(timeout=20),
                until=lambda seen: seen["parent_header"].get("msg_id") == message["header"]["msg_id"],
            )
            assert reply["content"]["success"], reply["content"]
            return reply["content"].get("body") or {}

        code = "x = 1\ny = 2\nz = x + y"
        ask("initialize", clientID="t", adapterID="", pathFormat="path", linesStartAt1=True, columnsStartAt1=True)
        ask("attach")
        source = {"path": ask("dumpCell", code=code)["sourcePath"]}
        assert ask("setBreakpoints", breakpoints=[{"line": 2}], source=source, sourceModified=False)["breakpoints"][0]["verified"]
        ask("configurationDone")
        running = client.execute(code)
        stopped = tools.within(
            lambda: client.get_iopub_msg(timeout=20)["content"],
            until=lambda seen: seen.get("event") == "stopped",
        )
        assert stopped["body"]["reason"] == "breakpoint"
        ask("continue", threadId=stopped["body"]["threadId"])
        reply = tools.within(
            lambda: client.get_shell_msg(timeout=20),
            until=lambda seen: seen["parent_header"].get("msg_id") == running,
        )
        assert reply["content"]["status"] == "ok"


def together(tools: Any, count: int) -> None:
    async def one(number: int) -> tuple[str, str, int]:
        manager = AsyncKernelManager(kernel_spec_manager=tools.Specs(tools.LIGHT))
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        said: list[str] = []
        try:
            await client.wait_for_ready(timeout=120)
            hear = lambda message: said.append(message["content"].get("text", ""))  # noqa: E731
            await client.execute_interactive(f"print({number} * 2)", output_hook=hear, timeout=60)
        finally:
            client.stop_channels()
            seen = how(manager), manager.provisioner.pid
            await manager.shutdown_kernel(now=True)
        return "".join(said).strip(), seen[0].started, seen[1]

    async def all_of_them() -> list[tuple[str, str, int]]:
        return list(await asyncio.gather(*map(one, range(count))))

    seen = asyncio.run(all_of_them())
    assert [value for value, _, _ in seen] == [str(number * 2) for number in range(count)]
    assert {started for _, started, _ in seen} == {"forked"}
    assert len({pid for _, _, pid in seen}) == count
    assert len(templates().own) == 1
    assert tools.within(lambda: not psutil.Process(tools.template().process.pid).children())


def test_when_eight_start_at_once_then_all_are_forked_by_one_template(tools: Any) -> None:
    templates().end()
    together(tools, 8)


def test_when_a_start_is_cancelled_then_no_kernel_is_left(tools: Any) -> None:
    templates().end()

    async def session() -> None:
        manager = AsyncKernelManager(kernel_spec_manager=tools.Specs(tools.LIGHT))
        starting = asyncio.ensure_future(manager.start_kernel())
        while not psutil.Process().children():  # a template is being made
            await asyncio.sleep(0.01)
        assert starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting

    asyncio.run(session())
    assert tools.within(lambda: templates().own)
    tools.within(lambda: psutil.Process(tools.template().process.pid).children(), 2.0)
    assert tools.within(lambda: not psutil.Process(tools.template().process.pid).children())


@pytest.mark.soak
def test_when_two_hundred_follow_each_other_then_the_template_stays_as_it_was(tools: Any) -> None:
    def size() -> tuple[int, int]:
        template = psutil.Process(tools.template().process.pid)
        tools.within(lambda: not template.children())
        return template.num_fds(), template.memory_full_info().uss

    for number in range(200):
        with tools.Kernel() as kernel:
            assert kernel.value("1 + 1") == 2
        if number == 20:
            files, memory = size()
    assert size()[0] == files
    assert size()[1] < memory + 2_000_000


@pytest.mark.soak
def test_when_sixty_four_start_at_once_twenty_times_then_none_fails(tools: Any) -> None:
    for _ in range(20):
        together(tools, 64)


def test_when_kernels_start_within_one_loop_then_it_goes_on_meanwhile(tools: Any) -> None:
    templates().end()

    async def start() -> AsyncKernelManager:
        manager = AsyncKernelManager(kernel_spec_manager=tools.Specs(tools.LIGHT))
        await manager.start_kernel()
        return manager

    async def session() -> int:
        ticks = 0
        starting = [asyncio.ensure_future(start()) for _ in range(3)]
        while not all(one.done() for one in starting):
            await asyncio.sleep(0.01)
            ticks += 1
        for one in starting:
            assert how(one.result()).started == "forked"
            await one.result().shutdown_kernel(now=True)
        return ticks

    assert asyncio.run(session()) > 3
