"""A marketplace with people in it, made by calling the services like anyone else."""
