"""What is added to the generator from outside: plugins, rules for jobs, template overrides."""
