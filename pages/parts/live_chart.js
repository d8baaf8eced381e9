function draw(plotly, chart) {
  const data = chart.ferData;
  chart.isNarrow = data.narrow !== null && chart.offsetWidth < data.narrow_below;
  const { traces, layout } = chart.isNarrow ? data.narrow : data;
  chart.style.height = layout.height + 'px';
  layout.font = { family: getComputedStyle(chart).fontFamily, size: 13 };
  // With a finger, dragging scrolls the page; with a mouse it zooms.
  if (matchMedia('(pointer: coarse)').matches) layout.dragmode = false;
  return plotly.react(chart, traces, layout, { displayModeBar: false, doubleClick: 'reset' });
}

// A drawing costs the processor, which the training needs: none while nobody can see it, none without news.
function refresh(plotly, chart) {
  const said = JSON.stringify([chart.ferData.traces, chart.ferData.layout]);
  if (chart.said === said) return;
  chart.late = chart.said !== undefined && (document.hidden || chart.far);
  if (chart.late) return;
  chart.said = said;
  return draw(plotly, chart);
}

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (tag === 'th') made.scope = 'col';
  return made;
}

// Beside the chart, or below it where there is no room; in words and not drawn, for it is what one reads.
function tell(table, readings) {
  table.hidden = !readings.length;
  const said = JSON.stringify(readings);
  if (table.said === said || !readings.length) return;
  table.said = said;
  const head = document.createElement('thead'), body = document.createElement('tbody');
  const titles = document.createElement('tr');
  titles.append(document.createElement('td'), ...['now', 'min', 'max'].map((title) => cell('th', title)));
  head.append(titles);
  for (const reading of readings) {
    const row = document.createElement('tr'), name = cell('th', reading.name);
    name.scope = 'row';
    name.style.setProperty('--curve', reading.color);
    row.append(name, ...[reading.now, reading.least, reading.most].map((text) => cell('td', text)));
    body.append(row);
  }
  table.replaceChildren(head, body);
}

export default async function({ data, parentElement }) {
  const chart = parentElement.querySelector('.fer-chart');
  const whole = parentElement.querySelector('.fer-live');
  tell(parentElement.querySelector('.fer-readings'), data.readings);
  whole.classList.toggle('wide', whole.offsetWidth > 500);
  if (!chart.style.height) chart.style.height = data.layout.height + 'px';
  chart.setAttribute('aria-label', data.description);
  const plotly = await load(data.library);
  if (!chart.isConnected) return;
  chart.ferData = data;
  await refresh(plotly, chart);
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => {
      if (!chart.isConnected || !chart.offsetWidth) return;
      whole.classList.toggle('wide', whole.offsetWidth > 500);
      const { narrow, narrow_below: edge } = chart.ferData;
      if (narrow !== null && (chart.offsetWidth < edge) !== chart.isNarrow) draw(plotly, chart);
      else plotly.Plots.resize(chart);
    });
    chart.observer.observe(chart);
    chart.catchUp = () => chart.late && refresh(plotly, chart);
    chart.nearness = new IntersectionObserver(([entry]) => {
      chart.far = !entry.isIntersecting;
      chart.catchUp();
    }, { rootMargin: '300px' });
    chart.nearness.observe(chart);
    document.addEventListener('visibilitychange', chart.catchUp);
  }
  return () => {
    // Also called when a newer figure overtakes this one; then the chart stays.
    if (chart.isConnected) return;
    chart.observer.disconnect();
    chart.nearness.disconnect();
    document.removeEventListener('visibilitychange', chart.catchUp);
    plotly.purge(chart);
  };
}
