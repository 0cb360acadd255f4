/**
 * A connection of the engine in a process of its own, so that it can be in a network of its own:
 * `node watchedConnection.ts URL`. Prints a line for each state, and for each message.
 */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../src/base/clock.ts';
import type { EngineEvents } from '../../src/contracts/engine.ts';
import { Models } from '../../src/engine/models.ts';
import { RemoteConnections } from '../../src/engine/remoteConnections.ts';

const [url = ''] = process.argv.slice(2);
let shown = '';
/** By the clock that nobody sets. */
let retryAtMs = 0;
let shownMessages = 0;

const remotes = new RemoteConnections({
  ...{ clock: systemClock, models: new Models(1_000_000), readFile, interfaces: networkInterfaces },
  emit: (event, payload) => {
    if (event !== 'remoteBrokersChanged') return;
    const [remote] = payload as EngineEvents['remoteBrokersChanged']; // the event of that name
    if (remote === undefined) return;
    const { state, messageCount } = remote;
    const key = JSON.stringify(state);
    if (key !== shown) {
      shown = key;
      if (state.kind === 'waiting') {
        const pauseMs = state.retryAtMs - Date.now();
        retryAtMs = performance.now() + pauseMs;
        console.log(`waiting ${Math.round(pauseMs)} ms: ${state.message}`);
      } else if (state.kind === 'connected')
        console.log(`connected ${Math.round(retryAtMs - performance.now())} ms before the next try`);
    }
    for (; shownMessages < messageCount; shownMessages++) console.log('message');
  },
  onTrouble: () => {},
});

const result = await remotes.connectBroker({
  ...{ profileId: 'one', name: 'One', url, clientId: 'watched', protocolVersion: 5, cleanStart: true },
  // A link that is gone is noticed by nothing else.
  keepAliveSeconds: 1,
  ...{ subscriptions: [{ topicFilter: '#', qos: 1 }], readOnly: false, whileOffline: 'refuse' },
});
console.log(result.kind);
// The connection's own timers let a process end.
setInterval(() => {}, 60_000);
