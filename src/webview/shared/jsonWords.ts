/** What is wrong with a JSON text, in words for a person. */
import type { JsonProblem } from './json.ts';
import { count, t } from './l10n.ts';

/** `Line 3, column 9: a comma is followed by nothing.` */
export function jsonProblemWords(problem: JsonProblem): string {
  return t('Line {0}, column {1}: {2}', count(problem.line), count(problem.column), reason(problem));
}

function reason(problem: JsonProblem): string {
  switch (problem.kind) {
    case 'unexpectedEnd':
      return t('the text ends too early.');
    case 'unexpected':
      return t('“{0}” is not expected here.', problem.found);
    case 'textAfterEnd':
      return t('“{0}” follows after the end of the value.', problem.found);
    case 'trailingComma':
      return t('no value follows the last comma.');
    case 'unterminatedString':
      return t('this string is not closed on its line.');
    case 'controlCharacter':
      return t('a control character in a string must be escaped.');
    case 'badEscape':
      return t('this escape is unknown to JSON.');
    case 'badNumber':
      return t('“{0}” is not a number in JSON.', problem.found);
  }
}
