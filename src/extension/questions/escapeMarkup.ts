/** What VS Code takes as markup in labels and notifications, taken apart. Pure. */

/** `$(flame)` in a label would become an icon; with a backslash before it stays text. */
export function escapeIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

/** `[text](command:…)` in a notification would become a link; an invisible joiner between the halves keeps it text. */
export function escapeLinks(text: string): string {
  return text.replaceAll('](', ']\u2060(');
}
