"""Face detection and tracking: bounding boxes of faces, followed from frame to frame and cut out."""

from fer.detection.catalog import (
    DEFAULT_DETECTOR,
    DETECTORS,
    SCORE_THRESHOLDS,
    DetectorEntry,
    build_detector,
    detector_entry,
    dim_light,
    usual_detector,
)
from fer.detection.crops import as_bgr, crop_faces
from fer.detection.face import Box, Face, FaceDetector, Search, one_per_person
from fer.detection.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector, HaarSettings
from fer.detection.lighting import lift_contrast
from fer.detection.tracking import FaceTracker
from fer.detection.tracking_detector import DetectionMode, TrackingDetector
