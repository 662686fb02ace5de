/**
 * How the question looks. A site changes it by the custom properties on
 * `hindsight-consent` or by `hindsight-consent::part(box|text|link|buttons|button)`.
 * Lengths follow the size of letters that the visitor has chosen, and not the page's root, which many pages make small.
 */
export const STYLE = `
:host {
  all: initial;
  --_ground: var(--hindsight-ground, #fff);
  --_ink: var(--hindsight-ink, #1b1f24);
  --_line: var(--hindsight-line, #8a929c);
  --_button: var(--hindsight-button, #1b1f24);
  --_button-ink: var(--hindsight-button-ink, #fff);
  position: fixed;
  z-index: var(--hindsight-layer, 2147483000);
  inset-block-end: 0;
  inset-inline: 0;
  display: flex;
  justify-content: flex-end;
  padding: 1em;
  padding-block-end: max(1em, env(safe-area-inset-bottom));
  box-sizing: border-box;
  pointer-events: none;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :host {
    --_ground: var(--hindsight-ground, #1e2227);
    --_ink: var(--hindsight-ink, #eceff2);
    --_line: var(--hindsight-line, #6d7680);
    --_button: var(--hindsight-button, #eceff2);
    --_button-ink: var(--hindsight-button-ink, #1b1f24);
  }
}
[part="box"] {
  pointer-events: auto;
  box-sizing: border-box;
  width: 27.733em;
  max-width: 100%;
  max-height: calc(100vh - 2.133em);
  overflow: auto;
  padding: 1.067em 1.2em 0;
  overflow-wrap: anywhere;
  border: 1px solid var(--_line);
  border-radius: var(--hindsight-radius, 10px);
  background: var(--_ground);
  color: var(--_ink);
  font: 400 0.9375em/1.45 var(--hindsight-font, system-ui, sans-serif);
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.18);
}
[part="text"] { margin: 0 0 0.667em; }
[part="link"] { color: inherit; }
/* In view however little of the text is. */
[part="buttons"] {
  position: sticky;
  inset-block-end: 0;
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(8em, 100%), 1fr));
  gap: 0.667em;
  padding-block: 0.267em 1.2em;
  background: var(--_ground);
}
[part="button"] {
  min-height: 2.934em;
  padding: 0.4em 0.8em;
  border: 0;
  border-radius: calc(var(--hindsight-radius, 10px) * 0.6);
  background: var(--_button);
  color: var(--_button-ink);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
:focus-visible { outline: 2px solid var(--_ink); outline-offset: 2px; }
[part="box"]:focus { outline: none; }
@media (forced-colors: active) { [part="button"] { border: 1px solid ButtonText; } }
@media print { :host { display: none; } }
`;
