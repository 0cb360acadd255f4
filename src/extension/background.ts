/** Work that nobody waits for: a notification that stands, a view that asks. What it throws is logged. */
import type { LogOutputChannel } from 'vscode';

export type InBackground = (work: Promise<unknown>) => void;

export function createInBackground(log: LogOutputChannel): InBackground {
  return (work) => {
    work.catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
  };
}
