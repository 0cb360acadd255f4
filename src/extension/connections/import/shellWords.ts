/** A command line as a shell takes it apart: quotes, backslashes, and lines that go on. Pure. Nothing is run or filled in. */

export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const sign = line[i]!; // below the length
    const next = line[i + 1];
    if (quote === "'" ? sign === "'" : sign === quote && quote !== '') quote = '';
    else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (sign === '\\' && quote !== "'" && next !== undefined) {
      i++;
      // Between double quotes a backslash is one but before these.
      const isKept = quote === '"' && !'"\\$`\n'.includes(next);
      if (next !== '\n') word = (word ?? '') + (isKept ? sign + next : next);
    } else if (quote === '' && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  if (word !== undefined) words.push(word);
  return words;
}
