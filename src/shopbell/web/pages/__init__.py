"""The pages the server writes itself: storefront, sign-in, plain contact form, console."""
