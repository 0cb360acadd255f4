/** A place that the publish form can publish to, as it stands: the local broker, or the broker of a profile. Pure. */
import { otherConnectionOf } from '../../contracts/connections.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type { PublishTarget } from '../../contracts/publishForm.ts';
import type { ConnectionState, Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';

export interface TargetsOptions {
  broker: Pick<LocalBroker, 'state'>;
  connections: Pick<Connections, 'named' | 'with'>;
}

/** How it stands now. @param connectionName empty for the local broker. */
export function targetOf(connectionName: string, { broker, connections }: TargetsOptions): PublishTarget {
  if (connectionName === '') return { ...usual, state: localState(broker.state.kind) };
  const { profile, broker: remote, state } = connections.named(connectionName) ?? {};
  const protocolVersion = remote?.protocolVersion ?? profile?.protocolVersion ?? 5;
  if (profile === undefined) {
    // It stands as long as nobody ends it; nobody can make it again.
    const isUp = state?.kind === 'connected';
    return { ...usual, connectionName, protocolVersion, state: isUp ? 'ready' : 'gone' };
  }
  const { readOnly, confirmPublish, color, whileOffline } = profile;
  return {
    connectionName,
    protocolVersion,
    state: state === undefined ? 'off' : remoteState(state, whileOffline === 'queue'),
    isReadOnly: readOnly,
    asksFirst: confirmPublish,
    ...(color !== undefined && { color }),
  };
}

/** The name of its connection, empty for the local broker; undefined for a recording, which takes nothing. */
export function connectionNameOf(id: MessageId, { connections }: TargetsOptions): string | undefined {
  const connection = otherConnectionOf(id);
  return connection === undefined ? '' : connections.with(connection)?.name;
}

const usual: Omit<PublishTarget, 'state'> = {
  connectionName: '',
  protocolVersion: 5,
  isReadOnly: false,
  asksFirst: false,
};

function localState(kind: LocalBroker['state']['kind']): PublishTarget['state'] {
  if (kind === 'running') return 'ready';
  return kind === 'starting' ? 'trying' : 'off';
}

function remoteState({ kind }: ConnectionState, queues: boolean): PublishTarget['state'] {
  if (kind === 'connected') return 'ready';
  if (kind === 'waiting' && queues) return 'queues';
  // One that waits for its next try can be told not to wait.
  return kind === 'connecting' ? 'trying' : 'off';
}
