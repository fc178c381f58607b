"""The pages the server writes itself: the storefront, sign-in, the plain contact form, the operator's landing."""
