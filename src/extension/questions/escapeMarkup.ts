/** What VS Code takes as markup in labels, notifications and tooltips, taken apart. Pure. */

/** `$(flame)` in a label would become an icon; with a backslash before it stays text. */
export function escapeIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

/** `[text](command:…)` in a notification would become a link; an invisible joiner between the halves keeps it text. */
export function escapeLinks(text: string): string {
  return text.replaceAll('](', ']\u2060(');
}

/**
 * For a MarkdownString: every sign is its character reference. `appendText` would leave `https://…` to become a link,
 * and `&lt;` to become `<`.
 */
export function escapeMarkdown(text: string): string {
  const signs = text.replace(/[^\p{L}\p{M}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`);
  // Spaces that would fold into one, or indent a block of code.
  return signs.replace(/^ | {2,}| $/g, (spaces) => '&nbsp;'.repeat(spaces.length));
}
