/**
 * The one door out of a webview: messages to the extension, messages from it, and what survives hiding.
 *
 * VS Code hands out its API object once a page, so it is taken here, by the panel's main, and passed on.
 */

export interface ExtensionHost<ToExtension, Kept> {
  post(message: ToExtension): void;
  /** What `keep` was last given, also before the page was hidden. */
  kept(): Kept | undefined;
  keep(value: Kept): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Call once. The caller's types are those of src/contracts/webview.ts, which both sides compile. */
export function connectToExtension<ToExtension, FromExtension, Kept>(
  onMessage: (message: FromExtension) => void,
): ExtensionHost<ToExtension, Kept> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent) => {
    // Only the extension can post to its webview; the contract says what.
    onMessage(event.data as FromExtension);
  });
  return {
    post: (message) => api.postMessage(message),
    // Written by `keep` alone.
    kept: () => api.getState() as Kept | undefined,
    keep: (value) => api.setState(value),
  };
}
