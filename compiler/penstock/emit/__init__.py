"""From values to text: templates and code, as ``{path: text}``. Nothing here writes files."""
