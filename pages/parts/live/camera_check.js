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
