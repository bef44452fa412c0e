// notice.ts - what went wrong and what to do about it; and a line that screen readers read out.

import { ApiError } from "./api";
import { h, replace, setText } from "./dom";

interface Advice {
  text: string;
  action?: string;
}

const BUSY = [429, 503];

/** What a person can do about a failure. */
function advice(error: unknown): Advice {
  if (!(error instanceof ApiError)) return { text: "The page failed: " + String(error), action: "Reload" };
  if (error.status === 0)
    return { text: "The server does not answer. Is statslice serve still running? The page goes on by itself once it is back.", action: "Try again" };
  if (error.status === 401) return { text: "The server asks for a token.", action: "Enter a token" };
  if (error.status === 403) return { text: "This token may not read. Ask for one with the role read: statslice token add STORE --role read --name YOU", action: "Enter a token" };
  if (BUSY.includes(error.status)) return { text: "The server is busy. The page tries again by itself.", action: "Try again" };
  if (error.status === 504 || error.status === 408) return { text: "That took too long: " + error.message + ". A shorter range, wider slices or a filter is quicker.", action: "Go back" };
  if (error.status >= 500) return { text: "The server failed: " + error.message + ". Its log tells more.", action: "Try again" };
  return { text: "That cannot be asked: " + error.message + ".", action: "Go back" };
}

export interface NoticeEvents {
  retry(): void;
  back(): void;
  token(): void;
}

export class Notice {
  readonly element = h("div", { class: "notice", role: "alert", hidden: true });
  readonly status = h("div", { class: "status", role: "status", "aria-live": "polite" });

  constructor(private readonly events: NoticeEvents) {}

  fail(error: unknown): void {
    const { text, action } = advice(error);
    const act = (): void => {
      if (action === "Enter a token") this.events.token();
      else if (action === "Go back") this.events.back();
      else if (action === "Reload") location.reload();
      else this.events.retry();
    };
    replace(this.element, h("span", {}, text),
      action !== undefined && h("button", { type: "button", click: act }, action));
    this.element.hidden = false;
  }

  clear(): void {
    this.element.hidden = true;
  }

  say(text: string): void {
    setText(this.status, text);
  }
}
