"""Find out whether the policy is better, and how sure that is."""
