"""What the models are told, as Markdown files; a package only so that an installed product has them too."""
