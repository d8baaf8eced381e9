// Cards are changed in place rather than built anew, so that a sheet neither blinks nor loses the keyboard's
// focus. `sent` numbers the choices of this sheet: an answer to an older one must not undo a newer click.
function draw(card, face, selecting) {
  const picture = card.querySelector('img') ?? document.createElement('img');
  if (picture.getAttribute('src') !== face.picture) picture.src = face.picture;
  picture.alt = face.description;
  const parts = [picture];
  if (face.label) parts.push(label(face.label, face.color, face.new_label ? 'label old' : 'label'));
  if (face.new_label) parts.push(label('→ ' + face.new_label, face.new_color, 'label'));
  if (face.badge) parts.push(element('span', 'badge', face.badge));
  for (const note of face.notes) parts.push(element('div', 'label note', note));
  if (face.excluded) parts.push(element('span', 'mark', 'left out'));
  if (selecting) parts.push(element('span', 'tick'));
  card.replaceChildren(...parts);
  card.title = card.tagName === 'BUTTON' ? face.description : '';
}

function group(told, number, setTriggerValue) {
  const card = element('div', 'group'), faces = element('div', 'together'), foot = element('div', 'foot');
  faces.append(...told.faces.map((face) => {
    const made = element('button', face.excluded ? 'face excluded' : 'face');
    made.type = 'button';
    draw(made, face, false);
    made.onclick = () => setTriggerValue('opened', face.row);
    return made;
  }));
  foot.append(element('span', told.conflict ? 'said conflict' : 'said', told.said));
  if (told.action) {
    const button = element('button', '', told.action);
    button.type = 'button';
    button.title = told.explained;
    button.onclick = () => setTriggerValue('pressed', number);
    foot.append(button);
  }
  card.append(faces, foot);
  return card;
}

export default function({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector('.sheet');
  if (data.groups) {
    sheet.className = 'sheet groups';
    sheet.replaceChildren(...data.groups.map((told, number) => group(told, number, setTriggerValue)));
    return;
  }
  const selecting = data.answered !== null;
  sheet.style.setProperty('--side', data.side);
  sheet.classList.toggle('selecting', selecting);
  if (!selecting) {
    sheet.sent = undefined;
  }
  if (!selecting || sheet.sent === undefined || data.answered >= sheet.sent) {
    sheet.chosen = new Set(data.faces.filter((face) => face.chosen).map((face) => face.row));
    sheet.sent = selecting ? data.answered : undefined;
  }

  const tag = data.clickable || selecting ? 'BUTTON' : 'DIV';
  while (sheet.children.length > data.faces.length) sheet.lastChild.remove();
  data.faces.forEach((face, index) => {
    let card = sheet.children[index];
    if (!card || card.tagName !== tag) {
      const made = element(tag, 'face');
      if (tag === 'BUTTON') made.type = 'button';
      card ? card.replaceWith(made) : sheet.append(made);
      card = made;
    }
    draw(card, face, selecting);
    card.classList.toggle('excluded', face.excluded);
    card.onclick = selecting ? (event) => choose(index, event.shiftKey)
      : data.clickable ? () => setTriggerValue('opened', face.row) : null;
  });
  mark();

  function mark() {
    data.faces.forEach((face, index) => {
      const card = sheet.children[index], chosen = sheet.chosen.has(face.row);
      card.classList.toggle('chosen', chosen);
      if (selecting) {
        card.setAttribute('role', 'checkbox');
        card.setAttribute('aria-checked', String(chosen));
      } else {
        card.removeAttribute('role');
        card.removeAttribute('aria-checked');
      }
    });
  }

  function choose(index, through) {
    const row = data.faces[index].row, add = !sheet.chosen.has(row);
    const from = through && sheet.last !== undefined ? sheet.last : index;
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
      const other = data.faces[at].row;
      add ? sheet.chosen.add(other) : sheet.chosen.delete(other);
    }
    sheet.last = index;
    sheet.sent += 1;
    mark();
    setTriggerValue('selected', { number: sheet.sent, rows: [...sheet.chosen] });
  }
}
