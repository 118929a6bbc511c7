"""Films made from anatomy and physics: shapes, posture, projection, the imaging chain."""
