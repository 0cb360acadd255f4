/** One application message as a recording has it: everything of it that a file keeps and a replay needs. */
import type { MessageProperties, Properties, QoS } from '../mqtt/packets.ts';

export type RecordedProperties = MessageProperties & Pick<Properties, 'subscriptionIdentifiers'>;

export interface RecordedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Since 1970. Files keep whole milliseconds: a fraction is cut off. */
  readonly receivedAtMs: number;
  readonly properties?: RecordedProperties | undefined;
  /** Client id, where it is known. */
  readonly publisher?: string | undefined;
  readonly isWill: boolean;
  /** It may have waited in a session of the workbench at another broker. */
  readonly hasWaited?: boolean;
}
