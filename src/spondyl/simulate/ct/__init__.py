"""Films made of labelled CT itself: the volume is projected, its masks give the label."""
