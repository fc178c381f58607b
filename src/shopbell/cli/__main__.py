"""Lets ``python -m shopbell.cli`` do what ``shopbell`` does."""

from shopbell.cli import main

if __name__ == "__main__":
    main()
