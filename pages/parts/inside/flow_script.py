"""The script of the flow (pages/parts/inside/flow_view.py): it draws what it is given and computes nothing."""

SCRIPT = """
const make = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};
const number = (value) => Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1)
  : value.toFixed(3);

function bars(item, classes) {
  const box = make("div", "bars " + item.role);
  const said = (item.role === "label" ? "Label: " : "Answer: ") + item.words;
  const truth = item.truth >= 0 ? " In truth " + classes[item.truth] + "." : "";
  const plot = make("div", "plot");
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", said + "." + truth);
  plot.title = said + "." + truth;
  item.values.forEach((value, place) => {
    const bar = make("i", (place === item.top ? "top " : "") + (place === item.truth ? "truth" : ""));
    bar.style.setProperty("--high", Math.max(2, 100 * value) + "%");
    plot.appendChild(bar);
  });
  box.append(plot, make("span", "note", item.words));
  return box;
}

function gate(item) {
  const box = make("div", "gate " + (item.open ? "open" : "shut"));
  const track = make("div", "track");
  track.setAttribute("role", "img");
  track.setAttribute("aria-label", "Confidence " + item.words);
  const fill = make("i");
  fill.style.setProperty("--share", 100 * item.value + "%");
  track.appendChild(fill);
  if (item.threshold !== null) {
    const line = make("b");
    line.style.setProperty("--at", 100 * Math.min(1, item.threshold) + "%");
    track.appendChild(line);
  }
  box.append(track, make("span", "note", item.words));
  return box;
}

function draw(item, classes, sharp) {
  if (item.what === "picture") {
    const image = make("img", item.of);
    image.src = item.src;
    image.alt = item.alt;
    image.dataset.sharp = String(sharp);
    return image;
  }
  if (item.what === "bars") return bars(item, classes);
  if (item.what === "gate") return gate(item);
  if (item.what === "share") {
    const box = make("div", "share");
    const track = make("div", "track two");
    const fill = make("i");
    fill.style.setProperty("--share", 100 * item.lam + "%");
    track.appendChild(fill);
    track.setAttribute("role", "img");
    track.setAttribute("aria-label", item.words + ": " + item.lam.toFixed(2) + " of this picture, "
      + (1 - item.lam).toFixed(2) + " of " + item.partner);
    box.append(track, make("span", "note", item.words), make("span", "note", item.partner));
    return box;
  }
  if (item.what === "loss") {
    const words = item.counted ? "loss " + number(item.value) : "loss 0: left out";
    return make("span", "loss" + (item.counted ? "" : " none"), words);
  }
  return make("span", "note", item.words);
}

function table(root, data, choose) {
  const flow = make("div", "flow");
  flow.setAttribute("role", "table");
  flow.setAttribute("aria-label", "What " + data.rows.length + " pictures of the batch go through");
  flow.style.setProperty("--count", data.columns.length);
  const head = make("div", "line head");
  head.setAttribute("role", "row");
  data.columns.forEach((column, place) => {
    const cell = make("div", "cell");
    cell.setAttribute("role", "columnheader");
    cell.dataset.stage = column.name;
    const button = make("button", "", (place + 1) + " " + column.title);
    button.type = "button";
    button.title = column.sentence;
    button.onclick = () => choose.stage(column.name);
    cell.append(button);
    if (column.note) cell.append(make("span", "note", column.note));
    head.appendChild(cell);
  });
  flow.appendChild(head);
  let kind = "";
  for (const row of data.rows) {
    if (row.kind !== kind) {
      kind = row.kind;
      const lane = make("div", "lane");
      lane.setAttribute("role", "row");
      const words = make("span", "", data.lanes[kind]);
      words.setAttribute("role", "cell");
      lane.appendChild(words);
      flow.appendChild(lane);
    }
    const line = make("div", "line path" + (row.out ? " out" : ""));
    line.setAttribute("role", "row");
    line.dataset.row = row.id;
    data.columns.forEach((column, place) => {
      const cell = make("div", "cell");
      cell.setAttribute("role", "cell");
      cell.dataset.stage = column.name;
      const groups = row.cells[column.name] || [];
      if (!groups.length) cell.classList.add("through");
      const body = place === 0 ? make("button", "pick") : make("div", "body");
      if (place === 0) {
        body.type = "button";
        body.onclick = () => choose.row(row.id);
        body.title = row.title;
      }
      body.append(make("span", "name", (place + 1) + " " + column.title));
      if (groups.length > 1) body.classList.add("many");
      for (const items of groups) {
        const group = make("div", items.length > 1 && items[0].what === "picture" && place ? "group beside" : "group");
        items.forEach((item) => group.appendChild(draw(item, data.classes, data.sharp)));
        body.appendChild(group);
      }
      if (groups.length) cell.appendChild(body);
      line.appendChild(cell);
    });
    line.onpointerenter = () => choose.light(row.id);
    line.onpointerleave = () => choose.light("");
    line.onfocusin = () => choose.light(row.id);
    line.onfocusout = () => choose.light("");
    flow.appendChild(line);
  }
  return flow;
}

function together(sign, term) {  // a sign stays with its term where the line is too short for both
  const pair = make("span", "pair");
  pair.append(make("span", "sign", sign), term);
  return pair;
}

function sum(data) {
  const box = make("div", "sum cell");
  box.dataset.stage = "total";
  const equation = make("p", "equation");
  data.total.terms.forEach((term, place) => {
    const part = make("span", "term");
    const value = number(term.weight * term.mean);
    part.append(make("b", "", value), make("span", "note", term.words));
    equation.append(place ? together("+", part) : part);
  });
  const loss = make("span", "term loss");
  loss.append(make("b", "", number(data.total.loss)), make("span", "note", "the loss of this step"));
  equation.append(together("=", loss));
  box.append(equation);
  if (data.spread.length) {
    const strip = make("div", "strip");
    strip.setAttribute("role", "img");
    strip.setAttribute("aria-label", data.spread_words);
    data.spread.forEach((value) => {
      const tick = make("i");
      tick.style.setProperty("--at", 100 * value + "%");
      strip.appendChild(tick);
    });
    if (data.threshold !== null) {
      const line = make("b");
      line.style.setProperty("--at", 100 * Math.min(1, data.threshold) + "%");
      strip.appendChild(line);
    }
    box.append(strip);
  }
  if (data.spread_words) box.append(make("p", "note", data.spread_words));
  return box;
}

function legend() {
  const box = make("p", "legend note");
  for (const [look, words] of [["answer", "what a network answers"], ["label", "what is learned as the label"],
      ["truth", "the true class, which the network is not told where there is no label"]]) {
    const mark = make("span", "mark");
    mark.append(make("i", look), words);
    box.append(mark);
  }
  return box;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".inside");
  if (!root || !data) return;
  const find = (name) => root.querySelector(name);
  const names = [...data.columns.map((column) => column.name), "total"];
  root.send = setStateValue;
  const fresh = root.said > data.heard && Date.now() - root.said < 60000;
  if (!fresh || !names.includes(root.stage)) root.stage = data.stage;  // the hand may be ahead of the page
  if (!fresh) root.row = data.row;
  const tell = (what, value) => { root.said = Date.now(); root.send(what, [value, root.said]); };

  const first = data.rows.find((row) => row.kind === "unlabelled") || data.rows[0];  // what a phone shows unasked
  const light = (id) => {
    const lit = id || root.row;
    const chosen = data.rows.find((row) => row.id === lit);
    for (const line of root.querySelectorAll(".path")) {
      line.classList.toggle("lit", line.dataset.row === lit);
      line.classList.toggle("with", Boolean(chosen) && chosen.partners.includes(line.dataset.row));
      line.classList.toggle("picked", line.dataset.row === root.row);
    }
    for (const thumb of root.querySelectorAll(".thumbs button"))
      thumb.setAttribute("aria-pressed", String(thumb.dataset.row === (root.row || first?.id)));
  };
  const show = () => {
    const place = Math.max(0, names.indexOf(root.stage));
    const total = place === data.columns.length;
    const stage = total ? data.ending : data.columns[place];
    find(".where").textContent = (place + 1) + " " + stage.title;
    find(".sentence").textContent = stage.sentence;
    find(".back").disabled = place === 0;
    find(".on").disabled = total;
    for (const cell of root.querySelectorAll("[data-stage]"))
      cell.classList.toggle("now", cell.dataset.stage === root.stage);
    for (const button of root.querySelectorAll(".head button"))
      button.setAttribute("aria-current", button.parentElement.dataset.stage === root.stage ? "step" : "false");
    root.dataset.stage = root.stage;
  };
  const go = (name) => { root.stage = name; show(); tell("stage", name); };
  const walk = (by) => {
    const to = names[names.indexOf(root.stage) + by];
    if (to) go(to);
  };
  const choose = {
    stage: go,
    row: (id) => choose.pick(root.row === id ? "" : id),
    pick: (id) => {
      root.row = id;
      root.dataset.some = String(Boolean(id));
      light("");
      tell("row", id);
    },
    light,
  };
  find(".back").onclick = () => walk(-1);
  find(".on").onclick = () => walk(1);

  const written = JSON.stringify([data.columns, data.rows, data.total, data.spread, data.threshold, data.lanes]);
  if (root.written !== written) {
    root.written = written;
    const focused = root.getRootNode().activeElement;
    const at = focused && focused.closest && focused.closest("[data-row]");
    const thumbs = make("div", "thumbs");
    thumbs.setAttribute("role", "group");
    thumbs.setAttribute("aria-label", "Whose path is shown");
    data.rows.forEach((row) => {
      const thumb = make("button");
      thumb.type = "button";
      thumb.dataset.row = row.id;
      thumb.setAttribute("aria-label", row.title);
      const shot = (row.cells.pictures || [[]])[0].find((item) => item.what === "picture");
      if (shot) {
        const image = draw({ ...shot, alt: "" }, data.classes, data.sharp);
        const words = row.kind === "labelled" ? "labelled" : row.out ? "left out" : "no label";
        thumb.append(image, make("span", "note", words));
      }
      thumb.onclick = () => choose.pick(row.id);
      thumbs.appendChild(thumb);
    });
    find(".stage").replaceChildren(thumbs, table(root, data, choose), legend(), sum(data));
    if (at) root.querySelector('.path[data-row="' + at.dataset.row + '"] .pick')?.focus();
  }
  root.dataset.some = String(Boolean(root.row));
  for (const line of root.querySelectorAll(".path")) line.classList.toggle("first", line.dataset.row === first?.id);
  show();
  const under = root.querySelector(".path:hover") ?? root.querySelector(".path:focus-within");
  light(under?.dataset.row || "");  // the page may be drawn anew under a hand that rests

  const keyed = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const where = event.composedPath()[0];
    const takes = "input, textarea, select, [contenteditable], [role=slider], [role=radiogroup], [role=tablist], "
      + "[role=combobox], [role=listbox], [role=menu]";
    if (where instanceof Element && where.closest(takes)) return;
    if (event.key === "ArrowRight") walk(1);
    else if (event.key === "ArrowLeft") walk(-1);
    else return;
    event.preventDefault();
  };
  if (root.keyed) document.removeEventListener("keydown", root.keyed);
  root.keyed = keyed;
  document.addEventListener("keydown", keyed);
  return () => document.removeEventListener("keydown", keyed);
}
"""
