"""The marketplaces we can stand next to. To add one: a folder here, and its line in `plugs`."""
