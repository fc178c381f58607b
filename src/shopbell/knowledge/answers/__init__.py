"""What was asked and answered once, kept for everybody: public questions, FAQ, published words."""
