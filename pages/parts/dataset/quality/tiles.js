export default function({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector('.tiles');
  while (row.children.length > data.tiles.length) row.lastChild.remove();
  data.tiles.forEach((tile, index) => {
    let button = row.children[index];
    if (!button) {
      button = document.createElement('button');
      button.type = 'button';
      for (const part of ['name', 'count', 'weight']) {
        const span = document.createElement('span');
        span.className = part;
        button.append(span);
      }
      row.append(button);
    }
    button.className = 'tile' + (tile.key === data.chosen ? ' chosen' : '') + (tile.none ? ' none' : '');
    button.setAttribute('aria-pressed', String(tile.key === data.chosen));
    button.title = tile.description;
    button.querySelector('.name').textContent = tile.name;
    button.querySelector('.count').textContent = tile.count;
    const weight = button.querySelector('.weight'), steps = document.createElement('span');
    steps.className = 'steps';
    for (let step = 1; step <= 3; step++) {
      const bar = document.createElement('i');
      if (step <= tile.severity) bar.className = 'on';
      steps.append(bar);
    }
    weight.replaceChildren(...(tile.severity ? [steps] : []), tile.weight);
    button.onclick = () => setTriggerValue('chosen', tile.key);
  });
}
