/**
 * What goes on by itself and publishes, as repeats and replays do, follows the settings: to a profile that becomes read-only
 * nothing more is published, and a repeat ends with its profile. Knows nothing of VS Code.
 */
import type { Disposable } from '../../base/disposable.ts';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { ActiveRepeats } from './activeRepeats.ts';

export interface ProfileWatchOptions {
  connections: Connections;
  repeats: ActiveRepeats;
  engine: EngineClient;
  inBackground(work: Promise<unknown>): void;
}

export function watchProfiles({
  connections,
  repeats,
  engine,
  inBackground,
}: ProfileWatchOptions): Disposable {
  /** Those that the engine knows to be read-only. */
  let told = new Set<string>();
  return connections.onDidChange(() => {
    const readOnly = connections.all.flatMap(({ name, profile, state }) => {
      const isLive = state.kind === 'connected' || state.kind === 'waiting';
      return profile?.readOnly && isLive ? [name] : [];
    });
    const profileIds = readOnly.filter((name) => !told.has(name));
    told = new Set(readOnly);
    if (profileIds.length > 0) inBackground(engine.callIfRunning('makeReadOnly', { profileIds }));
    for (const { repeatId, connection } of repeats.all) {
      const known = connection === LOCAL_BROKER ? undefined : connections.with(connection);
      if (known !== undefined && known.profile === undefined)
        inBackground(engine.callIfRunning('stopRepeat', { repeatId, isProfileGone: true }));
    }
  });
}
