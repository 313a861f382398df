"""The staff who sign in: their passwords, the limit on wrong ones, and the names that may be given.

Accounts are of those who work here. Nobody who is heard has one, and no text leads to an account.
"""

from pipeline.accounts.attempts import Attempts, TooManyAttempts
from pipeline.accounts.naming import check_name
from pipeline.accounts.passwords import PasswordUnusable, check_password, hash_password, matches, needs_rehash
from pipeline.accounts.sign_in import LINK_HOURS, SignIn, SignInRefused
from pipeline.accounts.tied import sign_on_digest, tied

__all__ = [
    "LINK_HOURS", "Attempts", "PasswordUnusable", "SignIn", "SignInRefused", "TooManyAttempts", "check_name",
    "check_password", "hash_password", "matches", "needs_rehash", "sign_on_digest", "tied",
]  # fmt: skip
