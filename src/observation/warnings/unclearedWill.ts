/**
 * A retained will that says that the client is gone, while it is here: it published nothing in its place when it came.
 */
import { Recent } from '../../base/recent.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

/** From CONNACK to the message that says "online", with some subscribing in between. */
const PATIENCE_MS = 20_000;
/** A longer will is not compared: "offline" is short. */
const MAX_PAYLOAD_BYTES = 1_024;

interface RetainedWill {
  readonly connectionId: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Monotonic. */
  readonly sinceMs: number;
}

export function unclearedWillRule({ clock, warn, over }: RuleContext): WarningRule {
  /** Of clients that are here, and did not clear it yet. */
  const wills = new Recent<RetainedWill>(MAX_CLIENTS);
  return {
    clientConnected: ({ connectionId }, clientId, { will }) => {
      wills.delete(clientId);
      if (will?.retain !== true || will.payload.length === 0 || will.payload.length > MAX_PAYLOAD_BYTES) {
        over(clientId, 'willNeverCleared');
        return;
      }
      const { topic } = will;
      const payload = new Uint8Array(will.payload); // copy: what an observer is handed is borrowed
      wills.set(clientId, { connectionId, topic, payload, sinceMs: clock.monotonicMs() });
    },
    connectionClosed: ({ connectionId }, clientId) => {
      if (clientId !== undefined && wills.get(clientId)?.connectionId === connectionId)
        wills.delete(clientId);
    },
    tick: (look) => {
      for (const [clientId, { topic, payload, sinceMs }] of wills.entries()) {
        if (clock.monotonicMs() - sinceMs < PATIENCE_MS) continue;
        if (look.faultOf(clientId) !== undefined) {
          wills.delete(clientId);
          continue;
        }
        const retained = look.retainedMessage(topic);
        if (retained !== undefined && Buffer.compare(retained.payload, payload) === 0) {
          warn(clientId, { kind: 'willNeverCleared', topic });
          continue;
        }
        wills.delete(clientId);
        over(clientId, 'willNeverCleared');
      }
    },
  };
}
