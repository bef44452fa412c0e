// exports.ts - what is shown as a file: pictures, figures, a profile for every tool that reads pstats.

import { getBlob, type Params } from "./api";
import { h } from "./dom";
import { Popover } from "./popover";

export interface Export {
  text: string;
  file: string;
  path: string;
  params: Params;
}

/** A file that the browser keeps. A link to the server would not carry the token. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without TLS, beyond loopback, there is no clipboard: the old way
    const area = h("textarea", { class: "offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export interface ExportEvents {
  offers(): Export[];
  link(): string;
  failed(error: unknown): void;
  done(text: string): void;
}

export function exportMenu(events: ExportEvents): Popover {
  const button = h("button", { type: "button", class: "quiet" }, "Export",
    h("span", { class: "arrow", "aria-hidden": "true" }, "▾"));
  const save = async (offer: Export): Promise<void> => {
    menu.close(true);
    try {
      download(await getBlob(offer.path, offer.params), offer.file);
      events.done("Saved " + offer.file);
    } catch (error) {
      events.failed(error);
    }
  };
  const copy = async (): Promise<void> => {
    menu.close(true);
    await copyText(events.link());
    events.done("Link copied: it shows this span to everybody");
  };
  const menu: Popover = new Popover(button, "Export", () => [h("div", { class: "menu" },
    ...events.offers().map((offer) => h("button", { type: "button", click: () => void save(offer) }, offer.text)),
    h("button", { type: "button", click: () => void copy() }, "Copy a link to this"))]);
  return menu;
}
