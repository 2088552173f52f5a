"""Tasks, predictions and reports in the forms that other tools read and write."""
