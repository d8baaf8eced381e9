"""Finding faces, following them from frame to frame, and cutting them out."""

from fer.faces.catalog import (
    DETECTORS,
    DetectorEntry,
    DetectorMeasure,
    build_detector,
    detector_entry,
    dim_light,
)
from fer.faces.crops import as_bgr, crop_faces
from fer.faces.face import Box, Face, FaceDetector
from fer.faces.following import FollowingDetector, Searching
from fer.faces.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector, HaarSettings
from fer.faces.lighting import lift_contrast
from fer.faces.tracking import FaceTracker

__all__ = [
    "DETECTORS",
    "FAST",
    "FULL_RESOLUTION",
    "THOROUGH",
    "Box",
    "DetectorEntry",
    "DetectorMeasure",
    "Face",
    "FaceDetector",
    "FaceTracker",
    "FollowingDetector",
    "HaarDetector",
    "HaarSettings",
    "Searching",
    "as_bgr",
    "build_detector",
    "crop_faces",
    "detector_entry",
    "dim_light",
    "lift_contrast",
]
