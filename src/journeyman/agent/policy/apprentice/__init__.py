"""The embedded default policy: a log-linear choice among moves of a grammar of repairs."""
