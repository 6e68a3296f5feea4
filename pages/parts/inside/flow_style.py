"""The look of the flow: blue is what a network says, rust is what is learned, whatever the theme."""

STYLE = """
.inside { display: grid; gap: 0.7rem; font-family: var(--st-font); color: var(--st-text-color); font-size: 0.8rem;
  container-type: inline-size; --answer: #0072b2; --label: #d55e00; --line: var(--st-border-color); }
.inside button { font: inherit; color: inherit; background: none; border: 1px solid transparent; cursor: pointer; }
.inside button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
.steps { display: grid; grid-template-columns: auto 1fr auto; gap: 0.8rem; align-items: center; min-height: 3.6rem; }
.steps button { border-color: var(--st-border-color); border-radius: var(--st-button-radius, 0.5rem);
  padding: 0.45rem 0.9rem; white-space: nowrap; }
.steps button:disabled { opacity: 0.45; cursor: default; }
.steps p { margin: 0; font-size: 1.02rem; line-height: 1.4; }
.steps .where { font-weight: 650; margin-right: 0.5rem; }
.note { display: block; font-size: 0.72rem; line-height: 1.25; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
.thumbs { display: none; }
.flow { display: grid; gap: 0.3rem; }
.line { display: grid; grid-template-columns: repeat(var(--count), minmax(0, 1fr)); position: relative; }
.lane { padding-top: 0.5rem; font-weight: 600; }
.cell { position: relative; padding: 0 0.35rem; display: grid; align-content: center; min-width: 0; }
.head { align-items: stretch; }
.head .cell { align-content: start; padding-bottom: 0.2rem; }
.head button { padding: 0.15rem 0.3rem; margin-left: -0.3rem; border-radius: 0.3rem; text-align: left;
  font-weight: 600; line-height: 1.2; }
.head button:hover { border-color: var(--st-border-color); }
.head button[aria-current="step"] { text-decoration: underline; text-decoration-thickness: 3px;
  text-underline-offset: 4px; }
.flow .cell.now { background: color-mix(in srgb, var(--st-primary-color) 10%, transparent); }
.path { padding: 0.25rem 0; border-radius: 0.4rem; }
.path::before { content: ""; position: absolute; left: 3%; right: 3%; top: 50%; height: 2px; background: var(--line); }
.path .body, .path .pick { position: relative; display: grid; gap: 0.25rem; justify-items: center; text-align: center;
  width: 100%; box-sizing: border-box; padding: 0.3rem 0.2rem; border: 1px solid var(--line); border-radius: 0.4rem;
  background: var(--st-background-color); }
.path .name { display: none; }
.path .cell:not(:first-child):not(.through)::before { content: ""; position: absolute; left: -3px; top: calc(50% - 5px);
  border: 5px solid transparent; border-left-color: var(--line); border-right: 0; z-index: 1; }
.path.lit, .path.with { --line: var(--st-primary-color); }
.path.lit::before { height: 4px; top: calc(50% - 1px); }
.path.with::before { background: repeating-linear-gradient(90deg, var(--line) 0 6px, transparent 6px 12px); }
.path.picked .pick { box-shadow: 0 0 0 2px var(--st-primary-color); }
.path img, .thumbs img { width: min(100%, 3.1rem); aspect-ratio: 1; object-fit: contain; border-radius: 3px;
  background: var(--st-secondary-background-color); }
.path img.partner { outline: 2px dashed #e69f00; outline-offset: 1px; }
.group { display: grid; gap: 0.2rem; justify-items: center; align-content: center; width: 100%; }
.group.beside { grid-template-columns: 2.6rem minmax(0, 1fr); gap: 0.4rem; align-items: center; text-align: left; }
.path .many { height: 100%; grid-auto-rows: 1fr; gap: 0.5rem; }
.path .many .group img { width: min(100%, 2.6rem); }
img[data-sharp="true"] { image-rendering: pixelated; }
.bars { width: 100%; }
.plot { display: flex; align-items: flex-end; gap: 1px; height: 2.1rem; padding: 0 2px; position: relative;
  border-bottom: 1px solid var(--st-border-color); }
.plot i { flex: 1; height: var(--high); background: var(--answer); opacity: 0.5; position: relative; min-width: 0; }
.bars.label .plot i { background: var(--label); }
.plot i.top { opacity: 1; }
.plot i.truth::after { content: ""; position: absolute; bottom: -6px; left: calc(50% - 3px);
  border: 3px solid transparent; border-bottom-color: var(--st-text-color); border-top: 0; }
.plot + .note { margin-top: 0.4rem; }
.gate, .share { width: 100%; }
.track, .strip { position: relative; height: 0.7rem; border-radius: 0.2rem; margin: 0.25rem 0;
  background: var(--st-secondary-background-color); box-shadow: inset 0 0 0 1px var(--st-border-color); }
.track i { display: block; height: 100%; width: var(--share); background: var(--answer); border-radius: 0.2rem; }
.track.two { background: #e69f00; }
.track.two i { background: #56b4e9; border-radius: 0.2rem 0 0 0.2rem; }
.gate.shut .track i { background: repeating-linear-gradient(45deg, var(--answer) 0 4px, transparent 4px 8px); }
.track b, .strip b { position: absolute; top: -4px; bottom: -4px; width: 3px; left: calc(var(--at) - 1.5px);
  background: var(--st-text-color); }
.gate.open .note { font-weight: 650; }
.loss { font-variant-numeric: tabular-nums; font-weight: 600; }
.loss.none { font-weight: 400; font-size: 0.72rem; }
.path.out .cell[data-stage="target"] .body, .path.out .cell[data-stage="strong"] .body,
.path.out .cell[data-stage="losses"] .body { border-style: dashed; }
.path.out .cell[data-stage="strong"] img, .path.out .cell[data-stage="losses"] .plot { opacity: 0.3;
  filter: grayscale(1); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 0.4rem; align-items: center; margin: 0.6rem 0 0.3rem; }
.legend span { margin-right: 0.9rem; }
.legend .mark { display: flex; gap: 0.4rem; align-items: center; }
.legend i { flex: none; }
.legend i { width: 0.7rem; height: 0.7rem; background: var(--answer); border-radius: 2px; }
.legend i.label { background: var(--label); }
.legend i.truth { width: 0; height: 0; background: none; border: 4px solid transparent; border-top: 0; border-radius: 0;
  border-bottom: 6px solid var(--st-text-color); }
.sum { border-top: 2px solid var(--st-border-color); padding: 0.6rem 0.4rem; gap: 0.5rem; border-radius: 0.3rem; }
.sum.now { background: color-mix(in srgb, var(--st-primary-color) 10%, transparent); }
.equation { display: flex; flex-wrap: wrap; gap: 0.4rem 0.9rem; align-items: start; margin: 0; font-size: 1rem;
  font-variant-numeric: tabular-nums; }
.term { display: grid; }
.pair { display: flex; gap: 0.9rem; }
.term.loss b { text-decoration: underline; text-underline-offset: 4px; }
.strip { height: 1rem; max-width: 40rem; }
.strip i { position: absolute; top: 2px; bottom: 2px; width: 2px; left: calc(var(--at) - 1px); opacity: 0.45;
  background: var(--answer); }
.sum p.note { margin: 0; font-size: 0.8rem; }
@container (max-width: 720px) {
  .steps { grid-template-columns: 1fr 1fr; }
  .steps p { grid-column: 1 / -1; grid-row: 1; min-height: 5.6rem; }
  .thumbs { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 0.2rem; }
  .thumbs button { display: grid; justify-items: center; padding: 0.2rem; border-radius: 0.4rem; align-content: start; }
  .thumbs .note { font-size: 0.62rem; }
  .thumbs button[aria-pressed="true"] { border-color: var(--st-primary-color);
    box-shadow: 0 0 0 1px var(--st-primary-color); }
  .head, .lane { display: none; }
  .path { display: none; grid-template-columns: 1fr; gap: 0.9rem; }
  .path.picked, .inside[data-some="false"] .path.first { display: grid; }
  .path::before { left: 50%; right: auto; width: 2px; height: auto; top: 2%; bottom: 2%; }
  .path.lit::before { height: auto; top: 2%; width: 4px; }
  .path .through { display: none; }
  .path .body, .path .pick { grid-template-columns: 6.5rem 1fr; justify-items: start; align-items: center;
    text-align: left; gap: 0.5rem; }
  .path .body > :not(.name), .path .pick > :not(.name) { grid-column: 2; }
  .path .name { grid-row: 1 / span 3; }
  .group, .path .group { grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); justify-items: start;
    align-items: center; gap: 0.6rem; }
  .group.beside { grid-template-columns: 3.1rem minmax(0, 1fr); }
  .path .name { display: block; font-weight: 600; }
  .path .cell:not(:first-child):not(.through)::before { left: calc(50% - 5px); top: -8px; border: 5px solid transparent;
    border-top-color: var(--line); border-bottom: 0; }
}
"""
