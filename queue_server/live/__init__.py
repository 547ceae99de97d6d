"""What people look at changes by itself: topics, their views, and the sockets that show them."""
