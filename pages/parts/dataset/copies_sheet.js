export default function({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector('.groups');
  sheet.replaceChildren(...data.groups.map((group, number) => {
    const card = element('div', 'group');
    const copies = element('div', 'copies');
    copies.append(...group.copies.map((copy) => {
      const face = element('button', copy.excluded ? 'copy excluded' : 'copy');
      face.type = 'button';
      face.title = copy.description;
      face.onclick = () => setTriggerValue('opened', copy.place);
      const picture = element('div', 'picture'), image = document.createElement('img');
      image.src = copy.picture;
      image.alt = copy.description;
      picture.append(image);
      if (copy.excluded) picture.append(element('span', 'mark', 'left out'));
      face.append(picture, label(copy.label, copy.color, copy.new_label ? 'line old' : 'line'));
      if (copy.new_label) face.append(label('→ ' + copy.new_label, copy.new_color, 'line'));
      face.append(label(copy.split, '', 'line quiet'));
      return face;
    }));
    const foot = element('div', 'foot');
    foot.append(element('span', group.conflict ? 'said conflict' : 'said', group.said));
    if (group.action) {
      const button = element('button', '', group.action);
      button.type = 'button';
      button.title = group.explained;
      button.onclick = () => setTriggerValue('mended', number);
      foot.append(button);
    }
    card.append(copies, foot);
    return card;
  }));
}
