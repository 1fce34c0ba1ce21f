"""From routes and types to the files of a package, through thin templates."""
