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

const SHORTEST_NAME = 3;
const LONGEST_NAME = 8;
const LOWER_CASE = 0x20;
const C = 'c'.charCodeAt(0);
const R = 'r'.charCodeAt(0);

export function retainedCommandsRule({ warn }: RuleContext): WarningRule {
  return {
    retainedChanged: (topic, message) => {
      const publisher = message?.publisher;
      if (publisher !== undefined && isCommand(topic)) warn(publisher, { kind: 'retainedCommand', topic });
    },
  };
}

/** Asked for each retained message: most topics are told by the length of a level, or its first letter. */
function isCommand(topic: string): boolean {
  const at = topic.lastIndexOf('/') + 1;
  const length = topic.length - at;
  if (length <= LONGEST_NAME && length >= SHORTEST_NAME && lastLevels.has(topic.slice(at).toLowerCase()))
    return true;
  const first = topic.charCodeAt(0) | LOWER_CASE;
  if (first !== C && first !== R) return false;
  const end = topic.indexOf('/');
  return end > 0 && end <= LONGEST_NAME && firstLevels.has(topic.slice(0, end).toLowerCase());
}
