"""What leaves the checkout: ``standoff`` is the form without the texts and its way back, ``release`` a whole release."""
