/** Messages that a client can't get, as it announced a Maximum Packet Size below them. [MQTT-3.1.2-24] [MQTT-3.1.2-25] */
import { Recent } from '../../base/recent.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

export function announcedSizeRule({ warn, over }: RuleContext): WarningRule {
  const announced = new Recent<number>(MAX_CLIENTS);
  return {
    clientConnected: (_connection, clientId, { properties }) => {
      const maximumPacketSize = properties?.maximumPacketSize;
      if (announced.get(clientId) !== maximumPacketSize) over(clientId, 'largerThanAnnounced');
      if (maximumPacketSize === undefined) announced.delete(clientId);
      else announced.set(clientId, maximumPacketSize);
    },
    messageDropped: ({ topic, payload }, clientId, cause) => {
      if (cause !== 'packetTooLarge' || clientId === undefined) return;
      const maximumPacketSize = announced.get(clientId);
      if (maximumPacketSize === undefined) return;
      const payloadBytes = payload.length;
      warn(clientId, { kind: 'largerThanAnnounced', topic, payloadBytes, maximumPacketSize });
    },
  };
}
