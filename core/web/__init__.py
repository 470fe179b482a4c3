"""Pages: one blueprint a kind of person, each module offering `pages`. Views read input and call one verb."""
