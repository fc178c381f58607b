"""What is asked in a query never bears the name of something the house itself gives a route."""

from inspect import Parameter, signature, unwrap

from litestar.handlers import HTTPRouteHandler

from shopbell.web.create import routes


def _asked(handler: HTTPRouteHandler) -> set[str]:
    """Return the names of what a route takes from the query."""
    given: dict[str, Parameter] = dict(signature(unwrap(handler.fn)).parameters)
    return {name for name, taken in given.items() if "QueryParameter" in str(taken.annotation)}


def test_no_query_hides_behind_what_the_house_gives() -> None:
    house = routes()
    handlers = [one for route in house.routes for one in getattr(route, "route_handlers", ())]
    asked = {(one.handler_name, name) for one in handlers for name in _asked(one)}
    assert len(asked) > 20
    assert {one for one in asked if one[1] in house.dependencies} == set()
