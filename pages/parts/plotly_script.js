// `load(url)` promises Plotly, fetched once however many charts ask.
function load(url) {
  window.ferPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.ferPlotly = undefined;
      reject(new Error('The chart library could not be loaded. Reload the page.'));
    };
    document.head.append(script);
  });
  return window.ferPlotly;
}
