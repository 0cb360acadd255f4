/** What is wrong with a file of users or access rules, in a form that names the place. */
import { messageOf } from '../../base/messageOf.ts';

export interface FileProblem {
  kind: 'fileProblem';
  /** As the person named it. */
  file: string;
  /** Counts from 1; absent when the file can't be read at all. */
  line?: number;
  /** One sentence without a full stop: what was found, and what would be right. */
  message: string;
}

/** `users.txt:3: what is wrong`, as editors and terminals make a link of it. */
export function describeFileProblem({ file, line, message }: FileProblem): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

/** The reason that the system gave for not opening a file, in words. */
export function whyUnreadable(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'this file may not be read';
    case 'EISDIR':
      return 'this is a folder, not a file';
    default:
      return messageOf(error);
  }
}
