/** A message of the log as a recording has it. */
import type { LoggedMessage } from '../model/loggedMessage.ts';
import type { RecordedMessage } from '../recording/recordedMessage.ts';

/** Borrowed: its payload is a view of the log. */
export function recordedMessageOf(message: LoggedMessage): RecordedMessage {
  const { topic, payload, qos, retain, receivedAtMs, properties, publisher, isWill, hasWaited } = message;
  return { topic, payload, qos, retain, receivedAtMs, properties, publisher, isWill, hasWaited };
}
