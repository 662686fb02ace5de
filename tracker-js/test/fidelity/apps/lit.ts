/** A Lit element: adopted styles, a repeated part, a conditional one, a nested element. */
import { css, html, LitElement } from "lit";
import { repeat } from "lit/directives/repeat.js";

class LitItem extends LitElement {
  static override properties = { label: {} };
  static override styles = css`:host { display: block; padding: 2px; } b { color: rgb(0, 0, 150); }`;
  declare label: string;
  override render(): unknown {
    return html`<b>${this.label}</b> <slot></slot>`;
  }
}
customElements.define("lit-item", LitItem);

class LitList extends LitElement {
  static override properties = { items: { state: true }, flipped: { state: true } };
  static override styles = [css`ul { list-style: square; } .flipped { color: rgb(150, 0, 0); }`];
  declare items: number[];
  declare flipped: boolean;
  constructor() {
    super();
    this.items = [1, 2, 3];
    this.flipped = false;
  }
  override render(): unknown {
    const list = this.flipped ? [...this.items].reverse() : this.items;
    return html`<button id="more" @click=${() => (this.items = [...this.items, this.items.length + 1])}>More</button>
      <button id="flip" @click=${() => (this.flipped = !this.flipped)}>Flip</button>
      <button id="drop" @click=${() => (this.items = this.items.slice(2))}>Drop</button>
      <div class=${this.flipped ? "flipped" : ""}>${repeat(list, (n) => n, (n) => html`<lit-item .label=${`item ${n}`}>slot ${n}</lit-item>`)}</div>
      ${this.flipped ? html`<p>Flipped</p>` : "as it was"}<slot></slot>`;
  }
}
customElements.define("lit-list", LitList);
