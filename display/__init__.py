"""The waiting-room display: shows and speaks who is called where."""
