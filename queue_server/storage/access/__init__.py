"""Who acted, as other rows name it."""
