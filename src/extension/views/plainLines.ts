/** Lines of a tooltip as plain text: what a device named shows as it is, and no link or image comes of it. */
import { MarkdownString } from 'vscode';
import { escapeMarkdown } from '../questions/escapeMarkup.ts';

export function plainLines(lines: readonly string[], tooltip = new MarkdownString()): MarkdownString {
  for (const line of lines) {
    // Two spaces at the end of a line: a line break.
    tooltip.appendMarkdown(`${escapeMarkdown(line)}  \n`);
  }
  return tooltip;
}
