/**
 * A retained message on a topic that is named like a command: a device gets it again at each start.
 *
 * By the last level, as most conventions have it: `…/set` of Home Assistant and zigbee2mqtt, `cmnd/…/POWER` of Tasmota
 * by its first. A will, and a message that clears, are none.
 */
import type { RuleContext, WarningRule } from './warningRule.ts';

const lastLevels: ReadonlySet<string> = new Set([
  ...['set', 'cmd', 'command', 'commands', 'cmnd', 'action', 'trigger', 'toggle'],
  ...['reboot', 'restart', 'reset', 'update', 'ota', 'rpc', 'request', 'execute', 'write'],
]);
const firstLevels: ReadonlySet<string> = new Set(['cmnd', 'cmd', 'command', 'commands', 'rpc']);

export function retainedCommandsRule({ warn }: RuleContext): WarningRule {
  return {
    retainedChanged: (topic, message) => {
      const publisher = message?.publisher;
      if (publisher !== undefined && isCommand(topic)) warn(publisher, { kind: 'retainedCommand', topic });
    },
  };
}

function isCommand(topic: string): boolean {
  if (lastLevels.has(topic.slice(topic.lastIndexOf('/') + 1).toLowerCase())) return true;
  const end = topic.indexOf('/');
  return end > 0 && firstLevels.has(topic.slice(0, end).toLowerCase());
}
