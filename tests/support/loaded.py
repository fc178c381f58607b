"""All that a server imports and makes ready, for the process that servers are forked from."""

import gc

import shopbell.cli
import shopbell.web.serve
from shopbell.language.readiness import make_ready
from shopbell.web.create import routes

MODULES = (shopbell.cli, shopbell.web.serve)

routes()
make_ready()
gc.collect()
gc.freeze()
