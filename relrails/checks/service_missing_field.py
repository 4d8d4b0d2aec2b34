"""A field that has to be there and is not.

Nothing stands in for it: a guessed objective or owner would be rendered as a promise.

Flagged:
    ErrorBudgetPolicy(warn_below=25 * percent)
Fine:
    ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent)
"""

from relrails.checks import elsewhere

elsewhere("service/missing-field", __doc__)
