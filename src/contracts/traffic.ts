/** What loads the broker: the topics and the clients of which most comes. */

export type TrafficOrder = 'messages' | 'bytes';

/** Of late: a rate follows what comes within a few seconds. Bytes are those of payloads. */
export interface Traffic {
  messagesPerSecond: number;
  bytesPerSecond: number;
}

export interface BusyTopic extends Traffic {
  topic: string;
  /** Client id of who published its newest message, where the broker knows it. */
  publisher?: string;
  /** Others published to it within the last seconds, too. */
  hasOtherPublishers: boolean;
}

export interface BusyClient extends Traffic {
  clientId: string;
}

export interface BusiestTopics {
  /** Most first. */
  topics: readonly BusyTopic[];
  /** Who publishes most, by what of the last seconds is still held. Most first. */
  clients: readonly BusyClient[];
  /** Of all topics. */
  total: Traffic;
  /** Topics of which something comes. */
  activeTopics: number;
}

export interface TrafficMethods {
  /** `limit` 1 to 100, of topics and of clients. The rates are worked out once a second. */
  busiestTopics(params: { limit: number; by: TrafficOrder }): BusiestTopics;
}
