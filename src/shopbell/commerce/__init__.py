"""Our mirror of the marketplace: shops, products, orders, and where the parcels are."""
