// popover.ts - a button that opens a small panel; Escape or a click elsewhere closes it.

import { h, replace, type Child } from "./dom";

const EDGE_PX = 8; // of air beside the window's edge

let count = 0;

export class Popover {
  readonly element: HTMLElement;
  private readonly panel: HTMLElement;

  constructor(readonly button: HTMLButtonElement, label: string, private readonly fill: () => Child[]) {
    const id = "popover-" + ++count;
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", id);
    this.panel = h("div", { class: "popover", id, role: "dialog", "aria-label": label, hidden: true });
    this.element = h("div", { class: "popover-box" }, button, this.panel);
    button.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close(true)));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden) this.close(true);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.panel.hidden && !this.element.contains(event.target as Node)) this.close(false);
    });
  }

  open(): void {
    this.panel.hidden = false;
    this.refill();
    this.button.setAttribute("aria-expanded", "true");
    this.panel.querySelector<HTMLElement>("input, button, select, a")?.focus();
  }

  close(refocus: boolean): void {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (refocus) this.button.focus();
  }

  refill(): void {
    replace(this.panel, ...this.fill());
    this.place();
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** Below the button, within the window. */
  private place(): void {
    this.panel.style.left = "0";
    const box = this.panel.getBoundingClientRect();
    const over = box.right - (document.body.clientWidth - EDGE_PX);
    if (over > 0) this.panel.style.left = -Math.min(over, box.left - EDGE_PX) + "px";
  }
}
