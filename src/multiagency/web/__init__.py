"""Layout, components, styles, translations, and the door that every route is reached through."""
