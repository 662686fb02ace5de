/**
 * How the question looks. A site changes it by the custom properties on
 * `hindsight-consent` or by `hindsight-consent::part(box|text|link|buttons|button)`.
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
  padding: 1rem;
  padding-block-end: max(1rem, env(safe-area-inset-bottom));
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
  width: 26rem;
  max-width: 100%;
  max-height: calc(100vh - 2rem);
  overflow: auto;
  padding: 1rem 1.125rem 0;
  overflow-wrap: anywhere;
  border: 1px solid var(--_line);
  border-radius: var(--hindsight-radius, 10px);
  background: var(--_ground);
  color: var(--_ink);
  font: 400 0.9375rem/1.45 var(--hindsight-font, system-ui, sans-serif);
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.18);
}
[part="text"] { margin: 0 0 0.625rem; }
[part="link"] { color: inherit; }
/* In view however little of the text is. */
[part="buttons"] {
  position: sticky;
  inset-block-end: 0;
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(7.5rem, 100%), 1fr));
  gap: 0.625rem;
  padding-block: 0.25rem 1.125rem;
  background: var(--_ground);
}
[part="button"] {
  min-height: 2.75rem;
  padding: 0.375rem 0.75rem;
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
