"""What people see, seen through a real Chromium: chromium finds it, jupyter and esm drive it."""
