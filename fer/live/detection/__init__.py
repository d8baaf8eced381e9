"""Finding faces, following them from frame to frame, and cutting them out."""

from fer.live.detection.catalog import (
    DETECTORS,
    DetectorEntry,
    DetectorMeasure,
    build_detector,
    detector_entry,
    dim_light,
)
from fer.live.detection.crops import as_bgr, crop_faces
from fer.live.detection.face import Box, Face, FaceDetector
from fer.live.detection.following import DetectionMode, FollowingDetector
from fer.live.detection.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector, HaarSettings
from fer.live.detection.lighting import lift_contrast
from fer.live.detection.tracking import FaceTracker

__all__ = [
    "DETECTORS",
    "FAST",
    "FULL_RESOLUTION",
    "THOROUGH",
    "Box",
    "DetectionMode",
    "DetectorEntry",
    "DetectorMeasure",
    "Face",
    "FaceDetector",
    "FaceTracker",
    "FollowingDetector",
    "HaarDetector",
    "HaarSettings",
    "as_bgr",
    "build_detector",
    "crop_faces",
    "detector_entry",
    "dim_light",
    "lift_contrast",
]
