// theme.ts - light, dark, or as the system says; a person's choice, kept in the browser and in no link.

const KEY = "statslice-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export type Theme = "auto" | "light" | "dark";
const NEXT: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

export function isDark(): boolean {
  const chosen = theme();
  return chosen === "auto" ? system.matches : chosen === "dark";
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

export function nextTheme(): Theme {
  const next = NEXT[theme()];
  localStorage.setItem(KEY, next);
  return next;
}

export function onSystemTheme(listener: () => void): void {
  system.addEventListener("change", listener);
}
