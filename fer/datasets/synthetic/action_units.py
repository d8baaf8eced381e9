"""Facial action units (FACS): the visible movements of a face, by their numbers.

Source:
    Ekman, P. and Friesen, W. V. (1978), "Facial Action Coding System".
"""

from collections.abc import Mapping
from enum import IntEnum


class ActionUnit(IntEnum):
    """A visible movement of the face, under its FACS number."""

    INNER_BROW_RAISER = 1
    OUTER_BROW_RAISER = 2
    BROW_LOWERER = 4
    UPPER_LID_RAISER = 5
    CHEEK_RAISER = 6
    LID_TIGHTENER = 7
    NOSE_WRINKLER = 9
    UPPER_LIP_RAISER = 10
    NASOLABIAL_DEEPENER = 11
    LIP_CORNER_PULLER = 12
    LIP_CORNER_DEPRESSOR = 15
    LOWER_LIP_DEPRESSOR = 16
    CHIN_RAISER = 17
    LIP_STRETCHER = 20
    LIP_TIGHTENER = 23
    LIP_PRESSOR = 24
    LIPS_PART = 25
    JAW_DROP = 26
    MOUTH_STRETCH = 27
    BLINK = 45


ActionUnits = Mapping[ActionUnit, float]
"""How strongly each unit acts, 0 (rest) to 1 (FACS intensity E); a unit that is missing rests."""
