/**
 * Lets a test in plain Node import a panel of the extension: as wordsOfExtension.ts, and webview panels that keep what is
 * posted to them. Import it before what it is for, which is imported by `import()`.
 */
import { registerHooks } from 'node:module';

const source = `
export const env = { language: 'en' };
export const l10n = {
  t: (text, ...values) => text.replace(/\\{(\\d+)\\}/g, (placeholder, i) => String(values[Number(i)] ?? placeholder)),
};
export const Uri = { joinPath: (uri) => uri, file: (fsPath) => ({ fsPath }) };
export const ViewColumn = { Active: -1, Beside: -2 };
export const panels = [];
const nothing = { dispose() {} };
export const window = {
  createWebviewPanel: (viewType, title) => {
    const panel = {
      viewType, title, visible: true, active: true, posted: [],
      onDidChangeViewState: () => nothing,
      onDidDispose: () => nothing,
      webview: {
        asWebviewUri: (uri) => uri,
        cspSource: '',
        onDidReceiveMessage: (receive) => { panel.receive = receive; return nothing; },
        postMessage: async (message) => { panel.posted.push(message); return true; },
      },
    };
    panels.push(panel);
    return panel;
  },
};
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true }
      : next(specifier, context),
});

export interface FakePanel<FromPage, ToPage> {
  title: string;
  readonly posted: ToPage[];
  /** As if its page had sent it. */
  receive(message: FromPage): void;
}

/** The newest one. */
export async function lastPanel<FromPage, ToPage>(): Promise<FakePanel<FromPage, ToPage>> {
  const { panels } = (await import('vscode')) as unknown as { panels: FakePanel<FromPage, ToPage>[] }; // as above
  return panels.at(-1)!; // who asks has opened one
}
