/**
 * What goes on by itself and publishes, as repeats and replays do, follows the settings: to a profile that becomes read-only
 * nothing more is published, until it no longer is, and a repeat ends with its profile. Knows nothing of VS Code.
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
  /** Whether the settings have a connection of this name, with faults or without: one that is just edited may have some. */
  hasEntry(name: string): boolean;
  inBackground(work: Promise<unknown>): void;
}

export function watchProfiles({
  connections,
  repeats,
  engine,
  hasEntry,
  inBackground,
}: ProfileWatchOptions): Disposable {
  /** By name, whether a live connection is read-only, as the engine knows it. */
  let told = new Map<string, boolean>();
  return connections.onDidChange(() => {
    const live = connections.all.flatMap(({ name, profile, state }): [string, boolean][] => {
      const isLive = state.kind === 'connected' || state.kind === 'waiting';
      return isLive && profile !== undefined ? [[name, profile.readOnly]] : [];
    });
    for (const isReadOnly of [true, false]) {
      // What a connection begins with is its profile.
      const isNews = ([name, now]: [string, boolean]): boolean =>
        now === isReadOnly && (told.get(name) ?? false) !== now;
      const profileIds = live.filter(isNews).map(([name]) => name);
      if (profileIds.length > 0)
        inBackground(engine.callIfRunning('setReadOnly', { profileIds, isReadOnly }));
    }
    told = new Map(live);
    for (const { repeatId, connection } of repeats.all) {
      const known = connection === LOCAL_BROKER ? undefined : connections.with(connection);
      if (known !== undefined && known.profile === undefined && !hasEntry(known.name))
        inBackground(engine.callIfRunning('stopRepeat', { repeatId, isProfileGone: true }));
    }
  });
}
