"""How carriers are asked about parcels, and how their answers come in: one file for each way."""
