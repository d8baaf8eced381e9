function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

// A line of text with a dot of a colour before it; without a dot where there is no colour.
function label(text, color, className) {
  const made = element('div', className);
  if (color) {
    const dot = element('span', 'dot');
    dot.style.background = color;
    made.append(dot);
  }
  made.append(text);
  return made;
}
