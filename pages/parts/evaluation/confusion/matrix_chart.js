// `sent` numbers the choices made here: an answer to an older one must not undo a newer.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function mark(chart) {
  const size = chart._fullLayout?._size, mark = chart.parentElement.querySelector('.fer-cell');
  mark.hidden = !chart.cell || !size;
  if (mark.hidden) return;
  const [row, column] = chart.cell, width = size.w / chart.side, height = size.h / chart.side;
  Object.assign(mark.style, {
    left: size.l + column * width + 'px', top: size.t + row * height + 'px',
    width: width + 'px', height: height + 'px',
  });
}

async function draw(plotly, chart) {
  const { traces, layout, narrow_below: edge, narrow_height: low } = chart.ferData;
  const height = chart.offsetWidth < edge ? low : layout.height;
  chart.style.height = height + 'px';
  const font = { family: getComputedStyle(chart).fontFamily, size: 13 };
  const hoverlabel = { ...layout.hoverlabel, font };
  await plotly.react(chart, traces, { ...layout, height, font, hoverlabel }, { displayModeBar: false });
  mark(chart);
}

export default async function({ data, parentElement, setTriggerValue }) {
  const whole = parentElement.querySelector('.fer-matrix');
  const chart = whole.querySelector('.fer-matrix-chart');
  whole.setAttribute('aria-label', data.description);
  chart.side = data.traces[0].y.length;
  if (chart.sent === undefined || data.answered >= chart.sent) {
    chart.cell = data.cell;
    chart.sent = data.answered;
  }
  const choose = (row, column) => {
    chart.cell = [row, column];
    chart.sent += 1;
    mark(chart);
    setTriggerValue('chosen', { number: chart.sent, row, column });
  };
  whole.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!chart.cell) return choose(0, 0);
    const [row, column] = chart.cell.map((at, axis) =>
      Math.min(Math.max(at + step[axis], 0), chart.side - 1));
    if (row !== chart.cell[0] || column !== chart.cell[1]) choose(row, column);
  };
  if (!chart.style.height) chart.style.height = data.layout.height + 'px';
  const plotly = await load(data.library);
  if (!chart.isConnected) return;
  chart.ferData = data;
  const said = JSON.stringify([data.traces, data.layout]);
  if (chart.said !== said) {
    chart.said = said;
    await draw(plotly, chart);
  } else mark(chart);
  chart.removeAllListeners('plotly_click');
  chart.on('plotly_click', ({ points }) => {
    const [row, column] = points[0].pointIndex ?? points[0].pointNumber;
    whole.focus({ preventScroll: true });
    choose(row, column);
  });
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => {
      if (chart.isConnected && chart.offsetWidth && chart.offsetWidth !== chart.drawnWidth) {
        chart.drawnWidth = chart.offsetWidth;
        draw(plotly, chart);
      }
    });
    chart.drawnWidth = chart.offsetWidth;
    chart.observer.observe(chart);
  }
  return () => {
    // Also called when a newer figure overtakes this one; then the chart stays.
    if (chart.isConnected) return;
    chart.observer.disconnect();
    plotly.purge(chart);
  };
}
