"""What the plane does in the browser: plays films of fields and points, and lets points be added, moved, named."""

PLAYING = """
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const SECONDS = 6;  // a whole film

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".plane-player");
  if (!root || !data) return;
  const find = (name) => root.querySelector(name), all = (name) => [...root.querySelectorAll(name)];
  const make = (tag, name) => Object.assign(document.createElement(tag), { className: name });
  const state = root.state ??= { moment: 0, playing: false, chosen: null, tool: "move", acts: [], next: Date.now() };
  state.send = setStateValue;
  const theme = getComputedStyle(root), colour = (name, other) => theme.getPropertyValue(name).trim() || other;
  const look = state.look = {
    text: colour("--st-text-color", "#31333f"), back: colour("--st-background-color", "#fff"),
    grid: colour("--st-border-color", "#ddd"), primary: colour("--st-primary-color", "#1d4ed8"),
    font: colour("--st-font", "sans-serif"), small: state.look?.small || document.createElement("canvas"),
  };
  look.faint = "color-mix(in srgb, " + look.text + " 38%, transparent)";
  look.small.width = look.small.height = data.films[0].side;

  state.acts = state.acts.filter(([id]) => id > data.heard);
  const p = data.points;
  state.scene = { classes: p.classes, edge: p.edge, jitter: p.jitter, drawn: data.drawn,
    points: p.number.map((number, row) => ({
      number, row, x: p.x[row], y: p.y[row], truth: p.truth[row], label: p.label[row] })) };
  state.gone = data.removed_added;  // of the points added by hand, whose numbers are not given again
  const count = () => data.world + state.gone + state.scene.points.filter((one) => one.number >= data.world).length;
  const happens = ([kind, a, b, c]) => {
    const points = state.scene.points, point = points.find((one) => one.number === a);
    if (kind === "add") points.push({ number: count(), x: a, y: b, truth: -1, label: c, fresh: true });
    else if (point && kind === "move") { point.x = b; point.y = c; }
    else if (point && kind === "label") point.label = b;
    else if (point && kind === "remove") {
      if (point.number >= data.world) state.gone += 1;
      points.splice(points.indexOf(point), 1);
    }
  };
  state.acts.forEach(([, act]) => happens(act));

  if (state.id !== data.id) {
    state.id = data.id;
    state.films = data.films.map(unpack);
    state.last = state.films[0].frames - 1;
    state.playing = !still();
    state.moment = still() ? state.last : 0;
    state.since = null;
  }
  look.last = state.films[0].step.at(-1);

  const stage = find(".stage");
  while (stage.children.length > state.films.length) stage.lastChild.remove();
  while (stage.children.length < state.films.length) {
    const panel = make("figure", "panel"), plane = make("canvas", "plane");
    plane.tabIndex = 0;
    plane.setAttribute("role", "application");
    const shares = make("canvas", "curves shares"), losses = make("canvas", "curves losses");
    [shares, losses].forEach((canvas) => canvas.setAttribute("role", "img"));
    panel.append(make("figcaption", "title"), plane, make("p", "numbers"), make("p", "key shares-key"), shares,
      make("p", "key losses-key"), losses);
    stage.appendChild(panel);
  }
  stage.style.setProperty("--films", state.films.length);

  const scrub = find(".scrub input"), play = find(".play"), said = find(".said");
  scrub.max = state.last;
  const told = (film, frame) => {
    const n = film.numbers, words = ["step " + film.step[frame], percent(n.accuracy[frame]) + " of new points right"];
    if (n.used[frame] !== null) words.push(percent(n.used[frame]) + " of the guesses count, "
      + percent(n.right_share[frame]) + " of these right");
    return words.join(" · ");
  };
  const paint = (words = true) => {
    const frame = Math.round(state.moment);
    [...stage.children].forEach((panel, place) => {
      const film = state.films[place], n = film.numbers, plane = panel.querySelector(".plane");
      paintPlane(plane, film, state.scene, state.moment, state.chosen, look);
      panel.querySelector(".numbers").textContent = told(film, frame);
      const most = Math.max(0.1, ...[...n.labelled, ...n.unlabelled].filter((value) => value !== null));
      paintCurves(panel.querySelector(".shares"), [
        { values: n.accuracy, colour: rgb(0), dash: [] }, { values: n.used, colour: rgb(1), dash: [4, 3] },
      ], film.frames, state.moment, 1, (v) => 100 * v + " %", look);
      paintCurves(panel.querySelector(".losses"), [
        { values: n.labelled, colour: rgb(0), dash: [] }, { values: n.unlabelled, colour: rgb(1), dash: [4, 3] },
      ], film.frames, state.moment, most, (v) => v ? v.toPrecision(2) : "0", look);
      if (!words) return;
      panel.querySelector(".title").textContent = film.title;
      const guesses = n.used.at(-1) !== null;
      panel.querySelector(".shares-key").textContent = "— new points right"
        + (guesses ? "   ┄ guesses that count" : "");
      panel.querySelector(".losses-key").textContent = "— labelled loss" + (guesses ? "   ┄ unlabelled loss" : "");
      plane.setAttribute("aria-label", film.title + " in the plane: " + told(film, frame) + ". " + place_words()
        + " Keys: page up and page down choose a point, arrows move it, 1 to " + state.scene.classes
        + " name its class, 0 takes its label away, Delete removes it, Insert adds one in the middle.");
      const alt = (name, words) => panel.querySelector(name).setAttribute("aria-label", film.title + ": " + words);
      const end = (values) => (values.at(-1) ?? 0).toFixed(3);
      alt(".shares", "share of new points right, from " + percent(n.accuracy[0]) + " to " + percent(n.accuracy.at(-1))
        + (guesses ? "; share of guesses that count, at the end " + percent(n.used.at(-1)) : ""));
      alt(".losses", "labelled loss, at the end " + end(n.labelled)
        + (guesses ? "; unlabelled loss, at the end " + end(n.unlabelled) : ""));
    });
    scrub.value = state.moment;
    scrub.style.setProperty("--share", 100 * state.moment / state.last + "%");
    scrub.setAttribute("aria-valuetext", "step " + state.films[0].step[frame]);
    find(".scrub output").textContent = "step " + state.films[0].step[frame] + " of " + look.last;
    play.textContent = state.playing ? "Pause" : state.moment >= state.last ? "Play again" : "Play";
    root.dataset.moment = state.moment.toFixed(2);
    root.dataset.points = state.scene.points.length;
  };
  const place_words = () => {
    const points = state.scene.points, labelled = points.filter((point) => point.label >= 0).length;
    return points.length + " points, " + labelled + " of them labelled.";
  };
  const tick = (now) => {
    if (!root.isConnected || !state.playing) { state.clock = null; return; }
    const passed = state.since === null ? 0 : (now - state.since) / 1000;
    state.moment = Math.min(state.last, state.moment + passed / SECONDS * state.last);
    state.since = now;
    root.dataset.drawn = Number(root.dataset.drawn || 0) + 1;  // pictures drawn, for whoever counts them
    if (state.moment >= state.last) state.playing = false;
    state.paint(!state.playing);
    state.clock = state.playing ? requestAnimationFrame((time) => state.tick(time)) : null;
  };
  state.paint = paint; state.tick = tick;
  const start = () => { state.since = null; state.clock ??= requestAnimationFrame((time) => state.tick(time)); };
  play.onclick = () => {
    state.playing = !state.playing;
    if (state.playing && state.moment >= state.last) state.moment = 0;
    paint();
    if (state.playing) start();
  };
  scrub.oninput = () => { state.playing = false; state.moment = Number(scrub.value); paint(); };

  const act = (...what) => {
    happens(what);
    const moved = what[0] === "move";  // a point that is moved on: only where it ends counts
    if (moved) state.acts = state.acts.filter(([, [kind, number]]) => kind !== "move" || number !== what[1]);
    state.acts.push([++state.next, what]);
    clearTimeout(state.wait);
    state.wait = setTimeout(() => deliver(), moved && !state.drag ? 350 : 30);  // a held key is one change
    paint();
  };
  const deliver = (tries = 4) => {
    if (!state.acts.length) return;
    state.send("acts", [Date.now(), [...state.acts]]);  // with the time, since what is equal to the last is not sent
    if (tries > 1) state.wait = setTimeout(() => deliver(tries - 1), 6000);  // a page that redraws may not hear
  };
  const nearest = (x, y, reach) => {
    let best = null, close = reach;
    for (const point of state.scene.points) {
      const far = Math.hypot(point.x - x, point.y - y) - (point.label >= 0 ? 0.06 : 0);
      if (far < close) { close = far; best = point; }
    }
    return best;
  };
  const spot = (plane, event) => {
    const box = plane.getBoundingClientRect(), edge = state.scene.edge;
    const across = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
    return [(2 * across - 1) * edge, (1 - 2 * down) * edge];
  };
  const say = (text) => { said.textContent = text; };
  const named = (point) => "Point " + point.number
    + (point.label >= 0 ? ", labelled " + NAMES[point.label] : ", no label")
    + (point.truth < 0 ? ", added by hand" : ", in truth " + NAMES[point.truth])
    + ", at " + point.x.toFixed(2) + ", " + point.y.toFixed(2);
  const classOf = (tool) => ({ none: -1 })[tool] ?? NAMES.indexOf(tool);
  all(".plane").forEach((plane) => {
    const reach = () => 14 / (plane.clientWidth || 300) * 2 * state.scene.edge;
    if (!plane.touchy) {
      plane.touchy = true;  // a finger on a point moves the point; elsewhere it scrolls the page
      plane.addEventListener("touchstart", (event) => {
        const [x, y] = spot(plane, event.touches[0]);
        const takes = state.tool === "move" && event.touches.length === 1 && state.near(x, y, 1.6 * state.reach());
        if (takes) event.preventDefault();
      }, { passive: false });
    }
    state.near = nearest; state.reach = reach;
    plane.onpointerdown = (event) => {
      const [x, y] = spot(plane, event), point = nearest(x, y, reach() * (event.pointerType === "touch" ? 1.6 : 1));
      plane.focus({ preventScroll: true });
      state.chosen = point ? point.number : null;
      if (point) say(named(point));
      if (state.tool === "move" && point) {
        plane.setPointerCapture(event.pointerId);
        state.drag = { number: point.number, moved: false, x, y };
      }
      paint();
    };
    plane.onpointermove = (event) => {
      const [x, y] = spot(plane, event);
      const over = state.tool !== "move" ? "crosshair" : nearest(x, y, reach()) ? "grab" : "default";
      if (!state.drag) { plane.style.cursor = over; return; }
      const point = state.scene.points.find((one) => one.number === state.drag.number);
      if (!point || (!state.drag.moved && Math.hypot(x - state.drag.x, y - state.drag.y) < 0.03)) return;
      state.drag.moved = true;
      const inside = (v) => Math.min(state.scene.edge, Math.max(-state.scene.edge, v));
      point.x = inside(x); point.y = inside(y);
      paint(false);
    };
    plane.onpointercancel = () => { state.drag = null; };
    plane.onpointerup = (event) => {
      const drag = state.drag, [x, y] = spot(plane, event);
      if (drag?.moved) {
        const point = state.scene.points.find((one) => one.number === drag.number);
        if (point) act("move", point.number, point.x, point.y);
      }
      state.drag = null;
    };
    plane.onclick = (event) => {
      if (state.tool === "move") return;
      const [x, y] = spot(plane, event), point = nearest(x, y, reach()), label = classOf(state.tool);
      if (state.tool === "remove") {
        if (point) { act("remove", point.number); say("Point " + point.number + " is gone."); }
      } else if (point) { act("label", point.number, label); say(named(point)); }
      else { act("add", x, y, label); say("A point was added."); }
    };
    plane.onkeydown = (event) => {
      const points = state.scene.points, by = event.shiftKey ? 0.2 : 0.05, edge = state.scene.edge;
      const lined = [...points.filter((one) => one.label >= 0), ...points.filter((one) => one.label < 0)];
      const point = points.find((one) => one.number === state.chosen);
      const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
      if (event.key === "PageDown" || event.key === "PageUp") {
        const at = lined.indexOf(point), step = event.key === "PageDown" ? 1 : -1;
        state.chosen = lined[at < 0 ? 0 : (at + step + lined.length) % lined.length].number;
        say(named(lined.find((one) => one.number === state.chosen)));
        paint();
      } else if (event.key === "Insert" || event.key === "+") {
        act("add", 0, 0, Math.max(-1, classOf(state.tool)));
        state.chosen = points.at(-1).number;
        say("A point was added in the middle.");
        paint();
      } else if (point && way) {
        const inside = (v) => Math.min(edge, Math.max(-edge, v));
        act("move", point.number, inside(point.x + way[0]), inside(point.y + way[1]));
        say(named(point));
      } else if (point && event.key >= "0" && event.key <= String(state.scene.classes)) {
        act("label", point.number, Number(event.key) - 1);
        say(named(point));
      } else if (point && (event.key === "Delete" || event.key === "Backspace")) {
        act("remove", point.number);
        say("Point " + point.number + " is gone.");
      } else return;
      event.preventDefault();
    };
  });

  const tools = find(".tools");
  all(".tools button").forEach((button) => {
    button.hidden = button.value === "C" && state.scene.classes < 3;
    button.setAttribute("aria-pressed", String(button.value === state.tool));
    button.onclick = () => {
      state.tool = button.value;
      all(".tools button").forEach((one) => one.setAttribute("aria-pressed", String(one.value === state.tool)));
    };
  });
  if (root.sized) root.sized.disconnect();
  root.sized = new ResizeObserver(() => state.paint());
  root.sized.observe(stage);
  paint();
  if (state.playing) start();
  return () => root.sized.disconnect();
}
"""
