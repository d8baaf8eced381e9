"""Why a camera cannot open, said before anybody presses Start: the browser knows, so it is asked.

The video component itself shows only the browser's bare error ("NotAllowedError: Permission denied").
"""

import streamlit as st

_SENTENCES = {
    "refused": "The browser does not allow this page the camera. Click the camera or lock sign beside the "
    "address, allow it, and reload the page; or choose “Pictures” above.",
    "absent": "No camera was found. Plug one in, or choose “Pictures” above.",
    "insecure": "The browser gives a camera only to https:// addresses and to http://localhost. Open the "
    "workshop there, or choose “Pictures” above.",
}

_CSS = """
.notice {padding: .8rem 1rem; border-radius: var(--st-base-radius); font: 400 1rem/1.5 var(--st-font);
  color: var(--st-yellow-text-color); background: var(--st-yellow-background-color);}
"""

_JS = """
export default function({ data, parentElement }) {
  const notice = parentElement.querySelector('.notice');
  const say = (sentence) => { notice.textContent = sentence; notice.hidden = !sentence; };
  const cameras = navigator.mediaDevices;
  async function look() {
    if (!cameras) return say(data.insecure);
    const permission = await navigator.permissions.query({ name: 'camera' }).catch(() => null);
    if (permission) permission.onchange = look;
    if (permission?.state === 'denied') return say(data.refused);
    const devices = await cameras.enumerateDevices();
    say(devices.some((device) => device.kind === 'videoinput') ? '' : data.absent);
  }
  look();
  cameras?.addEventListener('devicechange', look);
  return () => cameras?.removeEventListener('devicechange', look);
}
"""

_component = st.components.v2.component(
    "fer_camera_check", html='<div class="notice" role="status" hidden></div>', css=_CSS, js=_JS
)


def show() -> None:
    """Show a sentence with the next step if this browser has no camera for us; nothing if all is well."""
    _component(data=_SENTENCES, key="live.camera_check")
