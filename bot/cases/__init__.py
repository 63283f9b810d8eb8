"""Cases: what a caseworker works on. States and clocks are here; who sees what is the console's."""
