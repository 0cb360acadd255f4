/** A connection that is tested: each step of how it comes about, what the broker says of itself, and how it ended. */
import type {
  ConnectBrokerResult,
  ConnectFaultInfo,
  RemoteBrokerParams,
  ServerCertificateInfo,
} from './remoteBrokers.ts';

/** A step that is done, with how long it took and what was found. */
export type TestedStepInfo = { tookMs: number } & (
  | { kind: 'name'; addresses: readonly string[] }
  /** It has opened a way to the broker. */
  | { kind: 'proxy' }
  /**
   * Of a Unix socket `address` is its path, and `port` 0. `failedAddresses`: those of the name that were tried before, and did
   * not answer.
   */
  | { kind: 'network'; address: string; port: number; failedAddresses: readonly string[] }
  /** Before it is known whether the certificate is trusted. */
  | { kind: 'tls'; tls: TlsSessionInfo }
  | { kind: 'trust'; by: 'authority' | 'fingerprint' }
  | { kind: 'webSocket'; subprotocol: string }
  | { kind: 'mqtt'; isSessionPresent: boolean; announced: AnnouncedInfo }
  | { kind: 'disconnect' }
);

export interface TlsSessionInfo {
  /** `TLSv1.3` */
  version: string;
  cipher: string;
  alpnProtocol?: string;
  /** From the server's own to the one at the root, as far as it is known. Ten at most. */
  chain: readonly ServerCertificateInfo[];
  /** Of the client, where it has one. */
  own?: ServerCertificateInfo;
}

/** By a 5.0 broker in its CONNACK. What is absent has the standard's default (section 3.2.2.3). */
export interface AnnouncedInfo {
  /** Seconds: another than was asked for. */
  sessionExpiryInterval?: number;
  receiveMaximum?: number;
  maximumQoS?: number;
  retainAvailable?: boolean;
  /** Bytes. */
  maximumPacketSize?: number;
  assignedClientIdentifier?: string;
  topicAliasMaximum?: number;
  reasonString?: string;
  wildcardSubscriptionAvailable?: boolean;
  subscriptionIdentifiersAvailable?: boolean;
  sharedSubscriptionAvailable?: boolean;
  /** Seconds: holds in place of what was asked for. */
  serverKeepAlive?: number;
  responseInformation?: string;
  serverReference?: string;
  userProperties?: readonly (readonly [name: string, value: string])[];
}

export interface TestProgressInfo {
  /** Those that are done, in their order. */
  steps: readonly TestedStepInfo[];
  /** What it is about now, or what it failed at. */
  stage: ConnectFaultInfo['stage'] | undefined;
}

export type TestEndInfo = { kind: 'passed' } | Extract<ConnectBrokerResult, { kind: 'refused' | 'failed' }>;

export interface TestReport extends TestProgressInfo {
  end: TestEndInfo;
}

export interface ConnectionTestMethods {
  /**
   * Connects as `connectBroker` would, but for the will, the subscriptions and the session, which is clean; and closes again.
   * Live connections are left alone: their client id must not be used. `testId`: of no other test.
   */
  testConnection(params: { testId: number; connection: RemoteBrokerParams }): TestReport;
  /** The test ends as one that failed. Nothing happens where there is none. */
  cancelTest(params: { testId: number }): void;
}

export interface ConnectionTestEvents {
  /** While the test goes on. The last one comes before its result, if at all. */
  connectionTestProgress: TestProgressInfo & { testId: number };
}
