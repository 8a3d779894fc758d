"""An invented company and a simulated survey platform."""
