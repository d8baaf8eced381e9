"""Faces with a model's changing answers: a slider over the epochs, and a button that plays them.

All epochs are in the browser, so a replay asks nothing of the server and does not blink.
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer.emotions import Emotion
from fer.runs import ProbeSamples
from pages.parts import face_sheet

# A slider of a telephone has no more places, and all of them travel with every refresh.
_MOST_EPOCHS = 150

_CSS = """
.replay { font: .8rem/1.3 var(--st-font); color: var(--st-text-color); }
.replay .controls {
  display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; margin-bottom: .7rem;
}
.replay button {
  font: inherit; color: inherit; padding: .3rem .8rem; min-width: 4.6rem; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, .6rem);
  background: var(--st-secondary-background-color);
}
.replay button:hover { border-color: var(--st-primary-color); }
.replay button:disabled { opacity: .5; cursor: default; }
.replay button:focus-visible, .replay input:focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 2px;
}
.replay .along { flex: 1 1 11rem; min-width: 0; }
.replay input {
  display: block; width: 100%; margin: 0; height: 1.4rem; accent-color: var(--st-primary-color);
}
.replay .trace { display: flex; align-items: flex-end; height: 1.5rem; padding: 0 .5rem; gap: 1px; }
.replay .trace span { flex: 1; min-width: 0; border-radius: 1px 1px 0 0;
  background: color-mix(in srgb, var(--st-text-color) 28%, transparent); }
.replay .trace span.here { background: var(--st-primary-color); }
.replay .where { min-width: 11.5rem; font-variant-numeric: tabular-nums; }
.replay .where b { font-weight: 600; }
.replay { container-type: inline-size; }
.replay .faces {
  display: grid; gap: .55rem .5rem; grid-template-columns: repeat(4, minmax(0, 1fr));
  margin: 0; padding: 0; list-style: none;
}
@container (min-width: 44rem) { .replay .faces { grid-template-columns: repeat(8, minmax(0, 1fr)); } }
.replay .face { border-radius: .5rem; overflow: hidden; background: var(--st-secondary-background-color);
  border: 2px solid transparent; }
.replay .face img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; image-rendering: auto; }
.replay .face div { padding: .1rem .4rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.replay .label { opacity: .8; }
.replay .answer { font-weight: 600; }
.replay .chance { display: flex; align-items: center; gap: .35rem; padding-bottom: .3rem !important; }
.replay .bar {
  flex: 1; height: 4px; padding: 0 !important; border-radius: 2px; background: var(--st-border-color);
}
.replay .bar i { display: block; height: 100%; border-radius: 2px; }
.replay .percent { font-variant-numeric: tabular-nums; font-size: .72rem; }
.replay .right { border-color: #3a9a5c; }
.replay .wrong { border-color: #cf5a4e; }
.replay .right .sign { color: var(--st-green-text-color, #2c7a48); }
.replay .wrong .sign { color: var(--st-red-text-color, #b23a2e); }
"""

_JS = """
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

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
    const said = `${emotion.name} ${chances[index]}%`;
    picture.alt = `A face labelled ${data.emotions[face.label].name}. ` +
      `After epoch ${data.epochs[root.at]} the model says ${said}, which is ${correct ? 'right' : 'wrong'}.`;
    label.textContent = data.emotions[face.label].name;
    answer.firstChild.textContent = correct ? '✓ ' : '✗ ';
    answer.lastChild.textContent = emotion.name;
    const bar = chance.firstChild.firstChild;
    bar.style.width = chances[index] + '%';
    bar.style.background = emotion.color;
    chance.lastChild.textContent = chances[index] + '%';
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
"""

_component = st.components.v2.component(
    "fer_answers_replay", html='<div class="replay"></div>', css=_CSS, js=_JS
)


def show(watched: ProbeSamples, emotions: Sequence[Emotion], key: str, run_id: str) -> None:
    """Show the faces as the model saw them after each epoch; the newest until somebody moves the slider.

    Args:
        watched: the faces and the answers.
        emotions: the k classes, in the order of the probabilities.
        key: the component's key.
        run_id: whose faces they are; of another run the newest epoch is shown again.
    """
    kept = _kept(len(watched.epochs))
    probabilities = np.nan_to_num(watched.probabilities[kept])
    best = probabilities.argmax(axis=2)
    percents = np.clip(np.rint(100 * probabilities.max(axis=2)), 0, 100).astype(int)
    epochs = watched.epochs[kept].tolist()
    _component(
        key=key,
        data={
            "run": run_id,
            "stamp": f"{len(watched.epochs)}.{epochs[-1]}",
            "faces": [
                {"picture": face_sheet.data_url(image), "label": int(label)}
                for image, label in zip(watched.images, watched.labels, strict=True)
            ],
            "emotions": [{"name": str(emotion), "color": emotion.color} for emotion in emotions],
            "epochs": epochs,
            "answers": best.tolist(),
            "percents": percents.tolist(),
        },
    )


def _kept(count: int) -> list[int]:
    """Which of so many epochs are shown: all, or evenly many with the first and the newest."""
    step = -(-count // _MOST_EPOCHS) or 1
    return sorted({*range(0, count, step), count - 1})
