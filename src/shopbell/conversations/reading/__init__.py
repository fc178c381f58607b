"""Reading words: what they are about, what they name and lack, and what they should not say."""
