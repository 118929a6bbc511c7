import asyncio
import json

from spondyl.serve.room.events import EventKind, Listener, LiveBus, stream


def test_what_is_told_by_a_thread_is_heard_at_once() -> None:
    async def hear() -> str:
        bus = LiveBus()
        listener = Listener()
        assert bus.join(listener)
        await asyncio.to_thread(bus.publish, EventKind.FILM, {"id": "a", "state": "read"})
        return await listener.hear(5) or ""

    text = asyncio.run(hear())
    assert text.startswith("event: film\ndata: ")
    assert json.loads(text.split("data: ")[1])["state"] == "read"


def test_a_page_that_sleeps_costs_a_bounded_queue_and_is_told_to_look_again() -> None:
    async def sleep() -> str:
        listener = Listener(most=10)
        for n in range(10_000):
            listener.tell(f"event: film\ndata: {n}\n\n")
        await asyncio.sleep(0)
        assert len(listener._waiting) <= 10
        return await listener.hear(1) or ""

    assert "event: resync" in asyncio.run(sleep())


def test_a_quiet_room_says_that_it_is_still_there_and_ends_in_time() -> None:
    async def listen() -> list[str]:
        bus = LiveBus()
        found = [text async for text in stream(bus, "first", 0.15, heartbeat_s=0.05)]
        assert not bus.heard
        return found

    found = asyncio.run(listen())
    assert found[0] == "retry: 2000\n\nfirst"
    assert found[1] == ": still here\n\n"


def test_a_closing_room_ends_all_streams() -> None:
    async def close() -> int:
        bus = LiveBus()

        async def listen() -> int:
            return len([text async for text in stream(bus, "", 60)])

        task = asyncio.create_task(listen())
        while not bus.heard:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(bus.close)
        count = await asyncio.wait_for(task, 10)
        assert [text async for text in stream(bus, "", 60)] == []
        return count

    assert asyncio.run(close()) == 1


def test_telling_a_page_whose_loop_is_gone_is_no_error() -> None:
    async def make() -> Listener:
        return Listener()

    listener = asyncio.run(make())
    listener.tell("anything")
