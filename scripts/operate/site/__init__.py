"""What differs between installations: `site.yaml`, read strictly, and the files that follow from it."""
