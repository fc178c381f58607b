"""What the marketplace has laid down: policies as data, in versions, and their words."""
