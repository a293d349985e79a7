"""What the generators of several tools share: writing files, texts and links of alerts, their conditions."""
