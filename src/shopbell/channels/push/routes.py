"""Push over HTTP: a browser's subscription, one's own devices, and when they may ring."""

from typing import Any

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from shopbell.accounts.model import SessionId
from shopbell.channels.push import service
from shopbell.channels.push.channel import Push
from shopbell.channels.push.model import (
    DeviceId,
    Endpoint,
    NewDevice,
    PushDevice,
    PushKey,
    Renewal,
    Wish,
)
from shopbell.channels.push.service import Guest
from shopbell.engine.database import Database
from shopbell.kernel.actor import Actor

API = "/api/v1/push"


def guest_of(request: Request[Any, Any, Any], actor: Actor, session: SessionId | None) -> Guest:
    """Say who asks, and with which browser."""
    return Guest(actor, session, request.headers.get("user-agent", ""))


@get(f"{API}/key", sync_to_thread=False)
def show_push_key(push_channel: NamedDependency[Push]) -> PushKey:
    """Show the key that browsers subscribe with; anybody may know it."""
    return PushKey(push_channel.key)


@post(f"{API}/devices", status_code=200)
async def subscribe_push(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    data: JSONBody[NewDevice],
) -> PushDevice:
    """Be told on this device from now on; asked again, it is the same device."""
    return await db.write(service.subscribe, guest_of(request, actor, session_id), data)


@post(f"{API}/renewals", status_code=200)
async def renew_push(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    data: JSONBody[Renewal],
) -> PushDevice:
    """Let a new subscription take the place of one of one's own."""
    return await db.write(service.renew, guest_of(request, actor, session_id), data)


@post(f"{API}/departures", status_code=204)
async def unsubscribe_push(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    data: JSONBody[Endpoint],
) -> None:
    """Be told no more at this address; asked again, nothing changes."""
    guest = guest_of(request, actor, session_id)
    await db.write(service.unsubscribe, guest, data.endpoint)


@get(f"{API}/devices")
async def list_push_devices(
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
) -> list[PushDevice]:
    """List one's own devices that are told."""
    return await db.read(service.devices, guest_of(request, actor, session_id))


@delete(API + "/devices/{phone:str}", status_code=204)
async def forget_push_device(
    db: NamedDependency[Database], actor: NamedDependency[Actor], phone: FromPath[DeviceId]
) -> None:
    """Be told no more on one of one's own devices."""
    await db.write(service.forget, actor, phone)


@post(API + "/devices/{phone:str}/test", status_code=204)
async def test_push_device(
    request: Request[Any, Any, Any],
    push_channel: NamedDependency[Push],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    phone: FromPath[DeviceId],
) -> None:
    """Ring on one of one's own devices at once."""
    await push_channel.test(guest_of(request, actor, session_id), phone)


@get(f"{API}/wish")
async def show_push_wish(db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Wish:
    """Show whether and when one is told by push."""
    return await db.read(service.wish, actor)


@put(f"{API}/wish")
async def choose_push_wish(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    session_id: NamedDependency[SessionId | None],
    data: JSONBody[Wish],
) -> Wish:
    """Choose whether and when one is told by push."""
    return await db.write(service.choose, service.Guest(actor, session_id), data)


ROUTES = (
    show_push_key,
    subscribe_push,
    renew_push,
    unsubscribe_push,
    list_push_devices,
    forget_push_device,
    test_push_device,
    show_push_wish,
    choose_push_wish,
)
