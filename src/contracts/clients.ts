/** The clients of the local broker: sessions, how they ended, what was seen of them, and what a person does to one. */
import type { QoS } from './messages.ts';

export type ProtocolVersion = 3 | 4 | 5;

/**
 * `connected`; `stored`: the broker keeps its session for when it comes back; `gone`: its session ended, or it was never
 * let in.
 */
export type ClientState = 'connected' | 'stored' | 'gone';

/**
 * What an injected fault that may be behind an end did to the connection. `ended`: it closed it. `silenced`: it held back what the client sent, and
 * nothing came since. `touched`: anything else, of which the client may have made what followed.
 */
export interface FaultOfEnd {
  /** Its kind, or the preset that it is a part of: a FaultKind or FaultPreset of faults.ts. */
  readonly name: string;
  readonly did: 'touched' | 'silenced' | 'ended';
}

/** Who closed the connection, why, and what an injected fault had to do with it. */
export type ConnectionEnd = EndCause & { readonly fault?: FaultOfEnd };

/** Messages are English sentences: the broker's own, or the system's. */
type EndCause =
  | { readonly kind: 'clientDisconnected'; readonly reasonCode: number; readonly reasonName: string }
  | { readonly kind: 'networkClosed'; readonly message?: string }
  | { readonly kind: 'keepAliveTimeout'; readonly keepAliveSeconds: number }
  | { readonly kind: 'takenOver'; readonly byRemoteAddress: string }
  | {
      readonly kind: 'protocolError';
      readonly packetKind?: string;
      /** From the first byte of the packet. */
      readonly byteOffset?: number;
      readonly message: string;
      /** `MQTT-3.3.2-2`, or a section: `3.8.3`. */
      readonly clause: string;
      /** The heading in docs/errors.md. */
      readonly errorCode: string;
    }
  | {
      readonly kind: 'refused' | 'reAuthenticationFailed' | 'serverDisconnected' | 'storeFailed';
      readonly reasonCode: number;
      readonly reasonName: string;
      readonly message: string;
    }
  | { readonly kind: 'connectTimeout'; readonly timeoutSeconds: number }
  | { readonly kind: 'connectionCut'; readonly message: string }
  | { readonly kind: 'internalError'; readonly message: string };

export interface LastConnection {
  readonly remoteAddress: string;
  /** Wall clock. */
  readonly endedAtMs: number;
  readonly end: ConnectionEnd;
}

/** A client in a list. */
export interface ClientInfo {
  clientId: string;
  /** True for the workbench's own client, by which it publishes and subscribes. */
  isWorkbench: boolean;
  state: ClientState;
  /** Of the present connection, else of the last one; absent where it was never let in. */
  protocolVersion?: ProtocolVersion;
  /** As the version is; but no store keeps address and transport over a restart of the broker. */
  remoteAddress?: string;
  transportKind?: string;
  username?: string;
  /** Of the present connection, wall clock. */
  connectedAtMs?: number;
  /** How the connection before ended. */
  last?: LastConnection;
  /** How many there are. */
  warnings: number;
}

export interface ClientPage {
  clients: readonly ClientInfo[];
  /** How many match. */
  total: number;
  /** How many there are, and how many of them are connected. */
  known: number;
  connected: number;
}

export interface ClientSubscription {
  topicFilter: string;
  /** As granted. */
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  /** 0 sends retained messages at each SUBSCRIBE, 1 at a new one, 2 never. */
  retainHandling: 0 | 1 | 2;
  subscriptionIdentifier?: number;
}

export interface ClientWill {
  topic: string;
  qos: QoS;
  retain: boolean;
  payloadBytes: number;
  /** Seconds from the end of the connection to the will. */
  delaySeconds: number;
}

/** Of one connection. */
export interface ClientTraffic {
  /** As they are above TLS and WebSocket. */
  bytesReceived: number;
  bytesSent: number;
  /** PUBLISH packets. */
  messagesReceived: number;
  messagesSent: number;
  largestPublishBytes: number;
  /** The longest time in which nothing came from the client. */
  longestQuietMs: number;
  pings: number;
  /** Between the last two. */
  pingIntervalMs?: number;
}

/** What the broker holds for a client. */
export interface ClientSession {
  /** As in force: the Server Keep Alive where one was set. 0 is none. */
  keepAliveSeconds: number;
  cleanStart: boolean;
  /** From the end of the connection to that of the session; 4,294,967,295 never ends. */
  sessionExpirySeconds: number;
  /** Of a session without a connection that ends some day. */
  expiresInMs?: number;
  will?: ClientWill;
  /** What became of the will of the last connection; absent while it waits, and where there was none. */
  willEnd?: 'published' | 'discarded' | 'denied';
  /** Session Present, as the last CONNACK had it; absent where none was sent since the broker started. */
  sessionPresent?: boolean;
  /** The first ones: at most `MAX_LISTED_SUBSCRIPTIONS`. */
  subscriptions: readonly ClientSubscription[];
  subscriptionCount: number;
  inflightMessages: number;
  queuedMessages: number;
  /** Queued and in flight. */
  heldBytes: number;
  /** Since bytes came from the client; absent without a connection. */
  quietMs?: number;
  /** Until the broker gives a silent client up; absent without a connection or keep alive. */
  deadlineInMs?: number;
  /** What the client announced, bytes; absent where it takes packets of any size. */
  maximumPacketSize?: number;
  receiveMaximum?: number;
  /** Of the present connection, else of the last one. */
  traffic?: ClientTraffic;
  /** From a PUBLISH of QoS 1 or 2 to the PUBACK or PUBREC that answered it. */
  roundTripMs?: number;
}

export interface ClientDetail extends ClientInfo {
  /** Absent for a client that is gone. */
  session?: ClientSession;
  found: readonly ClientWarning[];
}

// ── Warnings ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What was seen. Each kind is a heading of docs/warnings.md. */
export type WarningFacts =
  | { readonly kind: 'keepAliveOff' }
  | { readonly kind: 'keepAliveLong' | 'keepAliveShort'; readonly keepAliveSeconds: number }
  | { readonly kind: 'pingsLate'; readonly keepAliveSeconds: number; readonly quietMs: number }
  /** Its connection ended without a DISCONNECT, so many times. */
  | { readonly kind: 'willNeverSet'; readonly ends: number }
  | { readonly kind: 'willNeverCleared'; readonly topic: string }
  | {
      readonly kind: 'exchangeOpen';
      readonly awaited: 'pubrel' | 'pubrec' | 'pubcomp';
      readonly packetId: number;
      readonly count: number;
      readonly openMs: number;
    }
  | { readonly kind: 'retainedCommand'; readonly topic: string }
  /** While it was away, so many messages came that its subscriptions of QoS 1 or 2 ask for. */
  | { readonly kind: 'nothingQueued'; readonly topicFilter: string; readonly missed: number }
  | {
      readonly kind: 'largerThanAnnounced';
      readonly topic: string;
      readonly payloadBytes: number;
      readonly maximumPacketSize: number;
    }
  | {
      readonly kind: 'largerThanLibrary';
      readonly topic: string;
      readonly packetBytes: number;
      readonly library: string;
      readonly bufferBytes: number;
      /** It hands a larger one over in parts, and loses none. */
      readonly isSplit: boolean;
    }
  /** So many connections, on average so far apart, the last of which ended so. */
  | {
      readonly kind: 'reconnectLoop';
      readonly connections: number;
      readonly periodMs: number;
      readonly end: ConnectionEnd;
    }
  | {
      readonly kind: 'samePayload';
      readonly topic: string;
      readonly messages: number;
      readonly spanMs: number;
      readonly payloadBytes: number;
    }
  | {
      readonly kind: 'clientIdShared';
      readonly addresses: readonly [string, string];
      readonly isOneHost: boolean;
      readonly takeovers: number;
      readonly periodMs: number;
    };

export type WarningKind = WarningFacts['kind'];

export interface ClientWarning {
  readonly clientId: string;
  /** When it was seen first, wall clock, as the next. */
  readonly atMs: number;
  readonly lastAtMs: number;
  /** How often it was seen. */
  readonly times: number;
  /** As it was seen last. */
  readonly facts: WarningFacts;
}

// ── Asking and acting ─────────────────────────────────────────────────────────────────────────────────────────

/** `listClients` lists no more: beyond, a person needs a filter, and no longer list. */
export const MAX_LISTED_CLIENTS = 10_000;
export const MAX_LISTED_SUBSCRIPTIONS = 200;
/** That `clientDetails` answers for at a time. */
export const MAX_CLIENT_DETAILS = 50;

export interface DisconnectReason {
  reasonCode: number;
  /** The standard's. */
  name: string;
}

export type DisconnectClientResult =
  /** `isTold`: with a DISCONNECT, which MQTT before 5.0 does not have for servers. */
  { kind: 'disconnected'; isTold: boolean } | { kind: 'notConnected' } | { kind: 'brokerNotRunning' };

export interface ClientMethods {
  /**
   * Clients in one of the states, or in any, whose id contains the text, in any case: those with warnings first, the
   * workbench last, by name. `limit` at most `MAX_LISTED_CLIENTS`. Nothing without a broker.
   */
  listClients(params: { text?: string; states?: readonly ClientState[]; limit: number }): ClientPage;
  /** Of those of the clients that are known, in their order. */
  clientDetails(params: { clientIds: readonly string[] }): readonly ClientDetail[];
  /** What a server may say in its DISCONNECT. */
  disconnectReasons(params: Record<string, never>): readonly DisconnectReason[];
  /** Its will goes out; its session stays as long as it was to. `serverReference`: with 0x9C and 0x9D. */
  disconnectClient(params: {
    clientId: string;
    reasonCode: number;
    serverReference?: string;
  }): DisconnectClientResult;
  /** Closes its socket without a DISCONNECT: its will goes out, as when the network fails. */
  cutClient(params: { clientId: string }): { kind: 'cut' | 'notConnected' | 'brokerNotRunning' };
  /** Disconnects it, and forgets its session. */
  endClientSession(params: { clientId: string }): { kind: 'ended' | 'noSession' | 'brokerNotRunning' };
  /** Those that are not over, in the order in which they were found. */
  listWarnings(params: Record<string, never>): readonly ClientWarning[];
}

export interface ClientEvents {
  /** Clients came or went, subscribed to something else, or were warned of: ask again. Twice a second at most. */
  clientsChanged: Record<string, never>;
  /** New ones: each kind of a client once, also where it was over and is back. */
  warningsFound: readonly ClientWarning[];
}
