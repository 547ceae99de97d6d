"""What all faces share: pages, errors, who is asking, bodies, security headers."""
