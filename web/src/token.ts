// token.ts - asks for a token; it is kept until the tab is closed.

import { setToken } from "./api";
import { h } from "./dom";

let open: HTMLDialogElement | null = null;

export function askForToken(entered: () => void): void {
  if (open !== null) return;
  const input = h("input", { type: "password", name: "token", autocomplete: "off", required: true, id: "token", spellcheck: "false" });
  const form = h("form", { method: "dialog" },
    h("h2", {}, "This server asks for a token"),
    h("p", {}, "Whoever runs it makes one with ", h("code", {}, "statslice token add STORE --role read --name YOU"),
      ". It is kept until this tab is closed."),
    h("label", { for: "token" }, "Token"), input,
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Go on")));
  const dialog = h("dialog", { class: "dialog", "aria-label": "This server asks for a token", close: () => {
    dialog.remove();
    open = null;
    if (input.value.trim() === "") return;
    setToken(input.value.trim());
    entered();
  } }, form);
  open = dialog;
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}
