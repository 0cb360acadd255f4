/**
 * Lets a test in plain Node import the words of the extension: `vscode` is then English, as VS Code has it without a language
 * pack, and has nothing else. Import it before what it is for, which is imported by `import()`.
 */
import { registerHooks } from 'node:module';

const source = `
export const env = { language: 'en' };
export const l10n = {
  t: (text, ...values) => text.replace(/\\{(\\d+)\\}/g, (placeholder, i) => String(values[Number(i)] ?? placeholder)),
};
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true }
      : next(specifier, context),
});
