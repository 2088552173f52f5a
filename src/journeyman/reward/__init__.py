"""Say what each play was worth."""
