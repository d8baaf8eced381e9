"use strict";
{
  const valuesOf = (id) => JSON.parse(document.getElementById(id).textContent);
  const charts = valuesOf("report-charts");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // An A4 page between its margins, in CSS pixels.
  const PAPER = 680;

  const draw = (onPaper) => {
    const ink = onPaper ? "#000000" : getComputedStyle(document.body).color;
    for (const [id, { data, layout }] of Object.entries(charts)) {
      const font = { ...layout.font, color: ink, family: getComputedStyle(document.body).fontFamily };
      const size = onPaper ? { width: PAPER } : { autosize: true };
      const settings = { displayModeBar: false, responsive: true };
      const place = document.getElementById(id);
      if (onPaper && place.closest(".pair")) {
        size.width = PAPER / 2 - 12;
      }
      Plotly.newPlot(place, structuredClone(data), { ...structuredClone(layout), font, ...size }, settings);
    }
  };
  draw(false);
  dark.addEventListener("change", () => draw(false));
  addEventListener("beforeprint", () => {
    for (const closed of document.querySelectorAll("details:not([open])")) {
      closed.open = true;
      closed.dataset.opened = "";
    }
    draw(true);
  });
  addEventListener("afterprint", () => {
    for (const opened of document.querySelectorAll("details[data-opened]")) {
      opened.open = false;
      delete opened.dataset.opened;
    }
    draw(false);
  });

  const save = (text, kind, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const quoted = (cell) => (/[",\n\r]/.test(cell) ? `"${String(cell).replaceAll('"', '""')}"` : cell);
  const asCsv = ({ faces, predictions }) => {
    const { rows, labels, models } = predictions;
    const heads = ["row", "split", "label"];
    for (const { name, emotions } of models) {
      heads.push(...["answer", "right", ...emotions].map((what) => `${what} (${name})`));
    }
    const lines = rows.map((row, face) => [
      row, faces.split, labels[face],
      ...models.flatMap(({ answers, probabilities }) => [
        answers[face], Number(answers[face] === labels[face]), ...probabilities[face],
      ]),
    ]);
    return [heads, ...lines].map((line) => line.map(quoted).join(",") + "\n").join("");
  };
  const { stem } = document.currentScript.dataset;
  document.getElementById("save-csv").addEventListener("click", () => {
    save(asCsv(valuesOf("report-data")), "text/csv", `${stem}.csv`);
  });
  document.getElementById("save-json").addEventListener("click", () => {
    save(JSON.stringify(valuesOf("report-data")), "application/json", `${stem}.json`);
  });
}
