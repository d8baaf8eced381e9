"""Camera permission: why a camera cannot open, said before anybody presses Start.

The browser knows, so it is asked.

The video component itself shows only the browser's bare error ("NotAllowedError: Permission denied").
"""

from pages.parts import components

_SENTENCES = {
    "refused": "The browser does not allow this page the camera. Click the camera or lock sign beside the "
    "address, allow it, and reload the page; or choose “Pictures” above.",
    "absent": "No camera was found. Plug one in, or choose “Pictures” above.",
    "insecure": "The browser gives a camera only to https:// addresses and to http://localhost. Open the "
    "workshop there, or choose “Pictures” above.",
}

_component = components.component(__file__, '<div class="notice" role="status" hidden></div>')


def camera_notice() -> None:
    """Show a sentence with the next step if this browser has no camera for us; nothing if all is well."""
    _component(data=_SENTENCES, key="live.camera_check")
