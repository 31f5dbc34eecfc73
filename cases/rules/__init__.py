"""Pure rules on what is logged, called by forms and imports alike. No Django, clock or settings.

Each rule returns a tuple of Fault; `faults` has the English text of each code.
"""
