function build(root) {
  const controls = element('div', 'controls'), along = element('div', 'along');
  root.play = element('button', 'play', 'Play');
  root.play.type = 'button';
  root.slider = document.createElement('input');
  root.slider.type = 'range';
  root.slider.min = 0;
  root.slider.setAttribute('aria-label', 'Epoch');
  root.trace = element('div', 'trace');
  root.trace.setAttribute('aria-hidden', 'true');
  root.where = element('div', 'where');
  along.append(root.trace, root.slider);
  controls.append(root.play, along, root.where);
  root.faces = element('ul', 'faces');
  root.replaceChildren(controls, root.faces);
  root.follows = true;
  root.slider.oninput = () => {
    stop(root);
    root.at = Number(root.slider.value);
    root.follows = root.at === root.fer.epochs.length - 1;
    tell(root);
  };
  root.play.onclick = () => root.timer ? stop(root) : play(root);
}

function stop(root) {
  clearInterval(root.timer);
  root.timer = null;
  root.play.textContent = 'Play';
}

function play(root) {
  const last = () => root.fer.epochs.length - 1;
  if (root.at >= last()) root.at = 0;
  root.follows = false;
  root.play.textContent = 'Pause';
  tell(root);
  root.timer = setInterval(() => {
    if (!root.isConnected) { clearInterval(root.timer); return; }
    if (root.at < last()) root.at += 1;
    if (root.at >= last()) {
      root.follows = true;
      stop(root);
    }
    tell(root);
  }, Math.min(700, Math.max(80, 8000 / root.fer.epochs.length)));
}

function card(root, index) {
  let made = root.faces.children[index];
  if (made) return made;
  made = element('li', 'face');
  const chance = element('div', 'chance'), bar = element('div', 'bar');
  bar.append(document.createElement('i'));
  chance.append(bar, element('span', 'percent'));
  const answer = element('div', 'answer');
  answer.append(element('span', 'sign'), element('span', 'said'));
  made.append(document.createElement('img'), element('div', 'label'), answer, chance);
  root.faces.append(made);
  return made;
}

// Everything is changed in place: nothing blinks, and the keyboard's focus stays.
function tell(root) {
  const data = root.fer, answers = data.answers[root.at], chances = data.percents[root.at];
  let right = 0;
  data.faces.forEach((face, index) => {
    const made = card(root, index), [picture, label, answer, chance] = made.children;
    const emotion = data.emotions[answers[index]], correct = answers[index] === face.label;
    if (correct) right += 1;
    if (picture.getAttribute('src') !== face.picture) picture.src = face.picture;
    const said = `${emotion.name} ${chances[index]}\u00a0%`;
    picture.alt = `A face labelled ${data.emotions[face.label].name}. ` +
      `After epoch ${data.epochs[root.at]} the model says ${said}, which is ${correct ? 'right' : 'wrong'}.`;
    label.textContent = data.emotions[face.label].name;
    answer.firstChild.textContent = correct ? '✓ ' : '✗ ';
    answer.lastChild.textContent = emotion.name;
    const bar = chance.firstChild.firstChild;
    bar.style.width = chances[index] + '%';
    bar.style.background = emotion.color;
    chance.lastChild.textContent = chances[index] + '\u00a0%';
    made.className = 'face ' + (correct ? 'right' : 'wrong');
  });
  while (root.faces.children.length > data.faces.length) root.faces.lastChild.remove();
  const where = `epoch ${data.epochs[root.at]}`;
  root.slider.max = data.epochs.length - 1;
  root.slider.value = root.at;
  root.slider.disabled = root.play.disabled = data.epochs.length < 2;
  root.slider.setAttribute('aria-valuetext', `${where}: ${right} of ${data.faces.length} right`);
  const bold = document.createElement('b');
  bold.textContent = `Epoch ${data.epochs[root.at]}`;
  root.where.replaceChildren(bold, ` · ${right} of ${data.faces.length} right`);
  [...root.trace.children].forEach((bar, index) => bar.classList.toggle('here', index === root.at));
}

export default function({ data, parentElement }) {
  const root = parentElement.querySelector('.replay');
  if (!root.faces) build(root);
  const before = root.fer;
  const shown = before?.epochs[root.at];
  if (before && before.stamp === data.stamp && before.run === data.run) return;
  root.fer = data;
  if (before && before.run !== data.run) { stop(root); root.follows = true; }
  const last = data.epochs.length - 1;
  const same = data.epochs.indexOf(shown);
  root.at = root.follows || same < 0 ? last : same;
  const bars = data.answers.map((answers) => {
    const right = answers.filter((answer, index) => answer === data.faces[index].label).length;
    const bar = document.createElement('span');
    bar.style.height = Math.max(4, 100 * right / data.faces.length) + '%';
    return bar;
  });
  root.trace.replaceChildren(...bars);
  tell(root);
}
