// api.ts - questions to the server. A failure is an ApiError that tells what the server said.

const BASE = "/api/v1";
const TOKEN_KEY = "statslice-token";
const LATEST_MAX = 24;

export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly retryAfterMs = 0) {
    super(message);
  }
}

export type Params = [string, string][];

export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token);
}

export function urlOf(path: string, params: Params): string {
  const query = new URLSearchParams(params).toString();
  return BASE + path + (query === "" ? "" : "?" + query);
}

function headers(etag?: string): Record<string, string> {
  const all: Record<string, string> = {};
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token !== null && token !== "") all["Authorization"] = "Bearer " + token;
  if (etag !== undefined) all["If-None-Match"] = etag;
  return all;
}

async function failure(response: Response): Promise<ApiError> {
  let message = response.statusText || "status " + response.status;
  try {
    const body = await response.json() as { error?: { message?: string } };
    message = body.error?.message ?? message;
  } catch {
    // no JSON: a proxy's page, say; its status tells enough
  }
  return new ApiError(response.status, message, Number(response.headers.get("Retry-After") ?? 0) * 1000);
}

async function request(url: string, signal: AbortSignal | undefined, etag?: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers: headers(etag), credentials: "same-origin", ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "the server does not answer");
  }
  if (!response.ok && response.status !== 304) throw await failure(response);
  return response;
}

export interface Answer<T> {
  body: T;
  fresh: boolean; // false: what was there before
}

/** Answers of before, by their URL: the server says 304 where they still hold. */
const latest = new Map<string, { etag: string; body: unknown }>();

function remember(url: string, etag: string | null, body: unknown): void {
  latest.delete(url);
  if (etag === null) return;
  latest.set(url, { etag, body });
  if (latest.size > LATEST_MAX) latest.delete(latest.keys().next().value!);
}

/** A question whose answer will be wanted first of all, sent before somebody waits for it. */
let early: { url: string; response: Promise<Response>; cancel: AbortController } | null = null;

export function askEarly(path: string, params: Params): void {
  const url = urlOf(path, params), cancel = new AbortController();
  const response = request(url, cancel.signal);
  response.catch(() => undefined); // told to who waits for it
  early = { url, response, cancel };
}

/** The answer that is on its way already, if that is the question; else it was a wrong guess. */
function takeEarly(url: string, signal: AbortSignal | undefined): Promise<Response> | null {
  const taken = early;
  early = null;
  if (taken === null) return null;
  if (taken.url !== url) {
    taken.cancel.abort();
    return null;
  }
  signal?.addEventListener("abort", () => taken.cancel.abort());
  return taken.response;
}

export async function getJson<T>(path: string, params: Params, signal?: AbortSignal): Promise<Answer<T>> {
  const url = urlOf(path, params);
  const known = latest.get(url);
  const response = await (takeEarly(url, signal) ?? request(url, signal, known?.etag));
  if (response.status === 304 && known !== undefined) return { body: known.body as T, fresh: false };
  const body = await response.json() as T;
  remember(url, response.headers.get("ETag"), body);
  return { body, fresh: true };
}

export async function getBlob(path: string, params: Params): Promise<Blob> {
  return (await request(urlOf(path, params), undefined)).blob();
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
