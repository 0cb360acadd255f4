/** Two devices with one client id: the broker finds them by their takeovers (broker/takeoverWatch.ts). */
import type { RuleContext, WarningRule } from './warningRule.ts';

export function sharedClientIdRule({ warn }: RuleContext): WarningRule {
  return {
    clientIdShared: (clientId, sharing) => warn(clientId, { kind: 'clientIdShared', ...sharing }),
  };
}
