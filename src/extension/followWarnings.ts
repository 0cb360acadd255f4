/** Warnings about clients in the output channel: a line each, and nothing that asks for attention. */
import type { LogOutputChannel } from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { EngineClient } from './engineClient.ts';
import { warningLine } from './words/warningWords.ts';

export function followWarnings({ engine, log }: { engine: EngineClient; log: LogOutputChannel }): Disposable {
  return engine.on('warningsFound', (found) => {
    for (const warning of found) {
      // The broker tells of it itself, with both addresses.
      if (warning.facts.kind !== 'clientIdShared') log.warn(warningLine(warning));
    }
  });
}
