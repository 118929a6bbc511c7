"""How fast Spondyl is on the machine at hand: ``python -m bench``."""
