"""Test runners behind one seam: what they are asked, and what they said, test by test."""
