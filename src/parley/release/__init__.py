"""What leaves the checkout: ``standoff`` removes the texts and restores them, ``release`` makes a release."""
