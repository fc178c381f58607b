"""What is known already, shown while a question is being typed: to the buyer, and to the shop."""
