"""How people treat each other: abuse is counted, messages are reported, the operator decides."""
