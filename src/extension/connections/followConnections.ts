/** Profiles that are to be connected are, when the extension starts, and when one comes to say so. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { connectProfile } from '../commands/connect.ts';
import type { Services } from '../services.ts';

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
  return store;
}
