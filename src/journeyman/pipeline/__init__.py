"""The line from repository to report: one function a stage, each resumable by itself."""
