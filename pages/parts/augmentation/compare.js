// The pictures change under the line, which stays where the learner left it.
export default function({ data, parentElement }) {
  const box = parentElement.querySelector('.compare');
  const range = box.querySelector('input');
  for (const name of ['before', 'after']) {
    const picture = box.querySelector('img.' + name);
    picture.src = data[name];
    picture.alt = data[name + '_description'];
  }
  range.setAttribute('aria-label', 'How much of the face before it was changed is shown');
  const move = () => {
    box.style.setProperty('--at', range.value + '%');
    range.setAttribute('aria-valuetext', `${range.value}\u00a0% before, ${100 - range.value}\u00a0% after`);
  };
  range.oninput = move;
  move();
}
