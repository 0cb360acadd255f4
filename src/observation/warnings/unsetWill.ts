/** A client that is lost without a DISCONNECT, again, and has no will to tell of it. */
import { Recent } from '../../base/recent.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

const ENOUGH_ENDS = 2;

export function unsetWillRule({ warn, over }: RuleContext): WarningRule {
  /** By client: its connection without a will, and how often one like it was lost. */
  const withoutWill = new Recent<{ connectionId: number; ends: number }>(MAX_CLIENTS);
  return {
    clientConnected: ({ connectionId }, clientId, { will }) => {
      if (will === undefined) {
        withoutWill.set(clientId, { connectionId, ends: withoutWill.get(clientId)?.ends ?? 0 });
        return;
      }
      withoutWill.delete(clientId);
      over(clientId, 'willNeverSet');
    },
    connectionClosed: ({ connectionId }, clientId, { kind }) => {
      if (clientId === undefined || (kind !== 'networkClosed' && kind !== 'keepAliveTimeout')) return;
      const known = withoutWill.get(clientId);
      if (known?.connectionId !== connectionId) return;
      known.ends++;
      if (known.ends >= ENOUGH_ENDS) warn(clientId, { kind: 'willNeverSet', ends: known.ends });
    },
  };
}
