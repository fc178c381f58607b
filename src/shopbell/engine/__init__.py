"""The machinery below every room: database, jobs, deadlines, blobs, settings. Knows no word of the trade."""
