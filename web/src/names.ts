// names.ts - functions as series name them (docs/queries.md, "Groups"), and what people read of that.

export interface NameParts {
  name: string; // Cart.add, time.sleep
  place: string; // shop/cart.py:12; empty for a built-in
}

/** The last two parts of a path: enough to know a file by. */
export function shortPath(file: string): string {
  return file.split(/[/\\]/).slice(-2).join("/");
}

function builtinName(text: string): string {
  const method = /^[{<](?:built-in )?method '?([^' >}]+)'?(?: of '?([^' >}]+)'?)?/.exec(text);
  if (method === null) return text;
  return method[2] === undefined ? method[1]!.replace(/^builtins\./, "") : method[2] + "." + method[1];
}

/** A series' name taken apart. */
export function nameParts(full: string): NameParts {
  if (full.startsWith("{")) return { name: builtinName(full), place: "" };
  const withLine = /^(.*):(\d+)\((.*)\)$/s.exec(full);
  if (withLine !== null) return { name: withLine[3]!, place: shortPath(withLine[1]!) + ":" + withLine[2] };
  const colon = full.lastIndexOf(":");
  return colon < 0 ? { name: full, place: "" } : { name: full.slice(colon + 1), place: shortPath(full.slice(0, colon)) };
}
