"""Who decides: baselines, the apprentice, chat models, scripts."""
