/** The lines of a file, whichever editor wrote it: line ends of Unix or Windows, with or without a byte order mark. */
export function fileLines(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r?\n/);
}
