"""The screens, headless."""
