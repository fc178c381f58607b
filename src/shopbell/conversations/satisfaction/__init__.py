"""Whether it helped: the buyer is asked once after a conversation is resolved."""
