"""The checksum of bank cards (银行卡校验)."""

from __future__ import annotations


def luhn(digits: str) -> bool:
    """Whether the digits pass the checksum of ISO/IEC 7812 (Luhn)."""
    if not digits.isdecimal():
        return False
    total = sum(map(int, digits[-1::-2]))
    for digit in map(int, digits[-2::-2]):
        total += digit * 2 - (9 if digit > 4 else 0)
    return total % 10 == 0
