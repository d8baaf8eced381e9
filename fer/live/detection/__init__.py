"""Face detection and tracking: bounding boxes of faces, followed from frame to frame and cut out."""

from fer.live.detection.catalog import (
    DETECTORS,
    DetectorEntry,
    build_detector,
    detector_entry,
    dim_light,
)
from fer.live.detection.crops import as_bgr, crop_faces
from fer.live.detection.face import Box, Face, FaceDetector
from fer.live.detection.haar import FAST, FULL_RESOLUTION, THOROUGH, HaarDetector, HaarSettings
from fer.live.detection.lighting import lift_contrast
from fer.live.detection.tracking import FaceTracker
from fer.live.detection.tracking_detector import DetectionMode, TrackingDetector
