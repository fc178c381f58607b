"""Two people, two browsers, one real server: what a person would see."""
