"""Real files for finished jobs: pictures that show the prompt, short films, tones."""
