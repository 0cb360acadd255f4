/**
 * Where `passwd` has passwords from: a person at a terminal, who does not see them, or a pipe.
 *
 * readline edits the line (a terminal in raw mode leaves that to the program); what it would show is thrown away.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';

export interface PasswordSource {
  /** A person types: worth asking twice. */
  readonly isTerminal: boolean;
  /**
   * One line without its end; undefined when there is none, or the person gave up with Ctrl+C.
   *
   * @param question shown to a person, and to nobody else.
   */
  read(question: string): Promise<string | undefined>;
}

export function createPasswordSource(
  input: Readable & { isTTY?: boolean },
  output: { write(text: string): unknown },
): PasswordSource {
  const isTerminal = input.isTTY === true;
  return { isTerminal, read: (question) => readLine(input, output, isTerminal ? question : undefined) };
}

/** @param question undefined for a pipe. */
function readLine(
  input: Readable,
  output: { write(text: string): unknown },
  question: string | undefined,
): Promise<string | undefined> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: unseen, terminal: question !== undefined });
  // Only now: who answers at once, as a script does, would see the answer before the terminal stops to show it.
  if (question !== undefined) output.write(question);
  return new Promise((resolve) => {
    let answer: string | undefined;
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      if (question !== undefined) output.write('\n'); // The person's own was not shown either.
      resolve(answer);
    });
  });
}
