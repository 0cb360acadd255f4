/**
 * What connections do by themselves: profiles that are to be connected are, when the extension starts and when one comes to
 * say so; and a connection that another client took, which is not made again by itself, is said.
 */
import { l10n } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { connectProfile } from '../commands/connect.ts';
import type { Services } from '../services.ts';
import { explainState } from '../words/connectionStateWords.ts';
import { formatName } from '../words/formats.ts';
import type { Connection } from './connections.ts';

export function followConnections(services: Services): Disposable {
  const { connectionSettings, connections, inBackground } = services;
  const store = new DisposableStore();
  /** One that was disconnected by hand stays so. */
  const begun = new Set<string>();
  const begin = (): void => {
    for (const profile of connectionSettings.profiles) {
      const { name, connectOnStart, isTrusted } = profile;
      if (!connectOnStart || !isTrusted || begun.has(name)) continue;
      begun.add(name);
      if (connections.named(name)?.state.kind === 'off') inBackground(connectProfile(services, profile));
    }
  };
  begin();
  store.add(connectionSettings.onDidChange(begin));
  const told = new Set<string>();
  store.add(
    connections.onDidChange(() => {
      for (const connection of connections.all) {
        const { name, state } = connection;
        const isTaken = state.kind === 'disconnected' && state.cause !== undefined;
        if (!isTaken) told.delete(name);
        else if (!told.has(name)) inBackground(sayTaken(services, connection));
        if (isTaken) told.add(name);
      }
    }),
  );
  return store;
}

async function sayTaken(services: Services, { name, profile, state }: Connection): Promise<void> {
  const message = [`${formatName(name)}:`, ...explainState(state)].join(' ');
  const again = l10n.t('Connect Again');
  const answer = await services.questions.say('warning', message, ...(profile === undefined ? [] : [again]));
  if (answer === again && profile !== undefined) await connectProfile(services, profile);
}
