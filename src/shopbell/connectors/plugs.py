"""Which platform gives money back here, by the operator's settings."""

from shopbell.commerce.connector import Cashier
from shopbell.connectors.builtin.cashier import BuiltinCashier
from shopbell.engine.settings import Settings


def cashier_for(settings: Settings) -> Cashier | None:
    """Return the platform that pays; none where the operator pays by hand."""
    if not settings.platform_url:
        return None
    return BuiltinCashier(settings.platform_url, settings.platform_secret)
