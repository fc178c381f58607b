"""Programs for those who change the house."""
