"""How the plane is painted in the browser: the field between two frames, points, lines, and the curves below."""

DRAWING = """
const COLOURS = [[0, 114, 178], [213, 94, 0], [0, 158, 115]];  // Okabe-Ito: blue, orange, green
const NAMES = ["A", "B", "C"], SHAPES = ["circle", "square", "triangle"], NOBODY = 255;
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const rgb = (c, alpha = 1) => "rgba(" + COLOURS[c].join(",") + "," + alpha + ")";
const percent = (share) => share === null || share === undefined ? "–"
  : (100 * share).toFixed(share > 0.98 && share < 0.9995 ? 1 : 0) + " %";

function unpack(film) {
  const unpacked = ["field", "guess", "right", "sure", "counts"].map((name) => [name, bytes(film[name])]);
  return { ...film, ...Object.fromEntries(unpacked), size: film.side * film.side,
    place: new Map(film.rows.map((row, k) => [row, k])) };
}

// Class probabilities of every place at a moment between two frames, [class][place].
function answers(film, classes, moment) {
  const first = Math.floor(moment), next = Math.min(first + 1, film.frames - 1), way = moment - first;
  const kinds = classes === 2 ? 1 : classes, out = [];
  for (let c = 0; c < kinds; c++) {
    const values = new Float32Array(film.size);
    const a = first * film.size * kinds + c, b = next * film.size * kinds + c;
    for (let p = 0; p < film.size; p++) {
      values[p] = ((1 - way) * film.field[a + p * kinds] + way * film.field[b + p * kinds]) / 255;
    }
    out.push(values);
  }
  if (classes === 2) out.push(out[0].map((value) => 1 - value));
  return out;
}

function paintField(ink, film, p, width, small) {
  const image = small.getContext("2d").createImageData(film.side, film.side), L = p.length;
  for (let place = 0; place < film.size; place++) {
    let best = 0, red = 0, green = 0, blue = 0;
    for (let c = 0; c < L; c++) {
      const share = p[c][place];
      if (share > best) best = share;
      red += share * COLOURS[c][0]; green += share * COLOURS[c][1]; blue += share * COLOURS[c][2];
    }
    image.data.set([red, green, blue, 255 * (0.06 + 0.36 * Math.max(0, (best - 1 / L) / (1 - 1 / L)))], 4 * place);
  }
  small.getContext("2d").putImageData(image, 0, 0);
  ink.imageSmoothingEnabled = true;
  ink.drawImage(small, 0, 0, width, width);
}

// Where values [side × side] cross 0, as straight pieces between the middles of places (marching squares).
function contour(ink, values, side, width) {
  const cell = width / side, at = (a, b) => a / (a - b);
  ink.beginPath();
  for (let row = 0; row < side - 1; row++) for (let column = 0; column < side - 1; column++) {
    const k = row * side + column, x = (column + 0.5) * cell, y = (row + 0.5) * cell;
    const [a, b, c, d] = [values[k], values[k + 1], values[k + side + 1], values[k + side]], cuts = [];
    if (a * b < 0) cuts.push([x + at(a, b) * cell, y]);
    if (b * c < 0) cuts.push([x + cell, y + at(b, c) * cell]);
    if (d * c < 0) cuts.push([x + at(d, c) * cell, y + cell]);
    if (a * d < 0) cuts.push([x, y + at(a, d) * cell]);
    for (let n = 0; n + 1 < cuts.length; n += 2) { ink.moveTo(...cuts[n]); ink.lineTo(...cuts[n + 1]); }
  }
  ink.stroke();
}

function shape(ink, kind, x, y, r) {
  ink.beginPath();
  if (kind === "circle") ink.arc(x, y, r, 0, 7);
  else if (kind === "square") ink.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  else {
    const corners = kind === "diamond" ? [[0, -1], [1, 0], [0, 1], [-1, 0]] : [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]];
    corners.forEach(([right, down]) => ink.lineTo(x + right * r, y + down * r));
  }
  ink.closePath();
}

function paintPlane(canvas, film, scene, moment, chosen, look) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 300;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = canvas.height = Math.round(width * ratio);
  const ink = canvas.getContext("2d"), points = scene.points, edge = scene.edge;
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, width, width);
  const X = (x) => (x + edge) / (2 * edge) * width, Y = (y) => (edge - y) / (2 * edge) * width;
  const p = answers(film, scene.classes, moment);
  paintField(ink, film, p, width, look.small);
  const rival = (c, place) => Math.max(...p.filter((_, other) => other !== c).map((values) => values[place]));
  ink.strokeStyle = look.text; ink.lineWidth = 1.6; ink.setLineDash([]);
  for (let c = 0; c < (scene.classes === 2 ? 1 : scene.classes); c++) {
    contour(ink, p[c].map((value, place) => value - rival(c, place)), film.side, width);
  }
  if (film.threshold !== null && film.threshold > 1 / scene.classes) {
    ink.lineWidth = 1; ink.setLineDash([3, 3]);
    p.forEach((values) => contour(ink, values.map((value) => value - film.threshold), film.side, width));
    ink.setLineDash([]);
  }
  const frame = Math.round(moment) * film.rows.length, size = width > 330 ? 3.4 : 2.6;
  points.forEach((point, row) => {
    if (point.label >= 0) return;
    const k = point.fresh ? undefined : film.place.get(point.row), x = X(point.x), y = Y(point.y);
    const guess = k === undefined ? NOBODY : film.guess[frame + k], weight = film.counts[frame + k] / 255;
    if (guess === NOBODY || weight < 0.02) {
      ink.fillStyle = look.faint; shape(ink, "circle", x, y, size * 0.7); ink.fill();
      return;
    }
    ink.fillStyle = rgb(guess, 0.35 + 0.65 * weight); shape(ink, SHAPES[guess], x, y, size); ink.fill();
    if (film.right[frame + k] === 0) {
      ink.strokeStyle = look.text; ink.lineWidth = 1.4; ink.beginPath();
      ink.moveTo(x - size, y - size); ink.lineTo(x + size, y + size);
      ink.moveTo(x + size, y - size); ink.lineTo(x - size, y + size); ink.stroke();
    }
  });
  ink.lineWidth = 1;
  for (const one of scene.drawn) {
    ink.strokeStyle = look.faint; ink.beginPath();
    ink.moveTo(X(one.x0), Y(one.y0)); ink.lineTo(X(one.x1), Y(one.y1)); ink.stroke();
    const mix = [0, 1, 2].map((part) => Math.round(one.share.reduce((sum, s, c) => sum + s * COLOURS[c][part], 0)));
    ink.fillStyle = "rgb(" + mix.join(",") + ")"; ink.strokeStyle = look.text;
    shape(ink, "diamond", X(one.x), Y(one.y), size + 1.4); ink.fill(); ink.stroke();
  }
  for (const point of points) {
    if (point.label < 0) continue;
    const x = X(point.x), y = Y(point.y), r = width > 330 ? 8 : 6.5;
    ink.fillStyle = rgb(point.label); shape(ink, SHAPES[point.label], x, y, r); ink.fill();
    ink.strokeStyle = look.back; ink.lineWidth = 3.5; ink.stroke();
    ink.strokeStyle = look.text; ink.lineWidth = 1.5; ink.stroke();
    if (point.truth >= 0 && point.truth !== point.label) {
      ink.setLineDash([4, 3]); ink.beginPath(); ink.arc(x, y, r + 5, 0, 7); ink.stroke(); ink.setLineDash([]);
    }
  }
  const marked = points.find((point) => point.number === chosen) || points.find((point) => point.label >= 0);
  if (marked) {
    ink.strokeStyle = look.text; ink.lineWidth = 1;
    scene.jitter.forEach((reach, strong) => {
      ink.setLineDash(strong ? [] : [2, 2]); ink.globalAlpha = 0.75;
      ink.beginPath(); ink.arc(X(marked.x), Y(marked.y), reach / (2 * edge) * width, 0, 7); ink.stroke();
    });
    ink.globalAlpha = 1; ink.setLineDash([]);
    if (marked.number === chosen) {
      ink.lineWidth = 2; ink.strokeStyle = look.primary;
      ink.strokeRect(X(marked.x) - 12, Y(marked.y) - 12, 24, 24);
    }
  }
}

// Lines of numbers over the frames; `most` is the upper end of the scale.
function paintCurves(canvas, lines, frames, moment, most, words, look) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 300, height = 78, left = 38, foot = 16;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const ink = canvas.getContext("2d");
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, width, height);
  const X = (frame) => left + frame / (frames - 1) * (width - left - 6);
  const Y = (value) => 5 + (1 - value / most) * (height - foot - 8);
  ink.font = "11px " + look.font; ink.fillStyle = look.text; ink.textAlign = "right"; ink.textBaseline = "middle";
  ink.strokeStyle = look.grid; ink.lineWidth = 1;
  for (const value of [0, most]) {
    ink.beginPath(); ink.moveTo(left, Y(value)); ink.lineTo(width - 6, Y(value)); ink.stroke();
    ink.fillText(words(value), left - 5, Y(value));
  }
  ink.textAlign = "left"; ink.fillText("step 0", left, height - 6);
  ink.textAlign = "right"; ink.fillText(String(look.last), width - 6, height - 6);
  for (const line of lines) {
    ink.strokeStyle = line.colour; ink.lineWidth = 2; ink.setLineDash(line.dash); ink.beginPath();
    let down = false;
    line.values.forEach((value, frame) => {
      if (value !== null) ink[down ? "lineTo" : "moveTo"](X(frame), Y(Math.min(value, most)));
      down = value !== null;
    });
    ink.stroke();
  }
  ink.setLineDash([]); ink.strokeStyle = look.text; ink.lineWidth = 1;
  ink.beginPath(); ink.moveTo(X(moment), 2); ink.lineTo(X(moment), height - foot); ink.stroke();
}
"""
