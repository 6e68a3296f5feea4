"""How the card of a lesson looks: it stays in sight while the page below it scrolls, and can be folded to a line."""

FOLD = "lesson-fold-{}"  # another key for every step: an unfolded one does not stay folded
STEPS = "lab-steps"

STYLE = """<style>
[data-testid=stLayoutWrapper]:has(> .st-key-lesson), .st-key-lesson { position: sticky; top: 3.75rem; z-index: 90; }
.st-key-lesson { background: var(--st-background-color, Canvas); max-height: 62vh; overflow-y: auto;
  border-radius: 0.5rem; box-shadow: 0 6px 18px -8px rgba(0, 0, 0, 0.35); }
.lab-lesson-nav { display: flex; flex-wrap: wrap; gap: 0.5rem 1.2rem; align-items: center;
  justify-content: space-between; }
.lab-lesson-nav ol.lab-steps { display: flex; gap: 0.35rem; list-style: none; margin: 0; padding: 0; }
.lab-lesson-nav ol.lab-steps li { margin: 0; padding: 0; }
.lab-steps a { display: inline-grid; place-items: center; min-width: 1.8rem; height: 1.8rem; font-size: 0.85rem;
  border: 1px solid var(--st-border-color, #8888); border-radius: 0.9rem; color: inherit; text-decoration: none;
  padding: 0 0.4rem; box-sizing: border-box; }
.lab-steps a.done::after { content: "\\2713"; margin-left: 0.2rem; grid-row: 1; grid-column: 2; }
.lab-steps a[aria-current] { border: 2px solid var(--st-primary-color, #1d4ed8); font-weight: 700; }
.lab-ways { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.lab-ways a, .lab-ways span { padding: 0.3rem 0.9rem; border: 1px solid var(--st-border-color, #8888);
  border-radius: 0.5rem; font-size: 0.9rem; color: inherit; text-decoration: none; }
.lab-ways a.next { border-color: var(--st-primary-color, #1d4ed8); font-weight: 600; }
.lab-ways a:hover, .lab-steps a:hover { border-color: var(--st-primary-color, #1d4ed8); }
.lab-ways a:focus-visible, .lab-steps a:focus-visible { outline: 2px solid var(--st-primary-color, #1d4ed8);
  outline-offset: 1px; }
.lab-ways span { opacity: 0.5; }
@media (max-width: 640px) {
  .st-key-lesson { max-height: 64vh; }
  .st-key-lesson [data-testid=stElementContainer]:has(> * .lab-lesson-nav) { order: -1; }
  [data-testid=stColumn]:has(.st-key-start) { order: -1; }
}
</style>"""
