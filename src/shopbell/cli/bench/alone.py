"""The same server with one commit for each message: what gathering them is worth."""

from shopbell.cli import main
from shopbell.engine import writers

ALONE = ("-m", "shopbell.cli.bench.alone", "serve")

if __name__ == "__main__":
    writers.GROUP_MOST = 1
    main()
