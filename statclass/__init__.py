"""What does a diplomatic statement do? Accuse, refuse, condemn, deny, or none of these."""

__version__ = "0.1.0"
