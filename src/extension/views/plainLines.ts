/** Lines of a tooltip as plain text: what a device named shows as it is, and no link or image comes of it. */
import { MarkdownString } from 'vscode';

export function plainLines(lines: readonly string[], tooltip = new MarkdownString()): MarkdownString {
  for (const line of lines) {
    tooltip.appendText(line);
    // A hard line break; appendText would make a paragraph of it.
    tooltip.appendMarkdown('  \n');
  }
  return tooltip;
}
