"""The waiting-room wall: shows and speaks who is called where."""
