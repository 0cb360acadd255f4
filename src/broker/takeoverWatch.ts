/**
 * Finds client ids that two devices use: firmware flashed to both with the id as a constant. Each takes the session
 * from the other, both reconnect at once, and nothing that their authors see says why.
 *
 * Owns what is remembered of takeovers: the last few of each client id, of a bounded number of ids, for a minute. A
 * takeover alone says nothing, as a device that reconnects before its old connection is found dead makes one too. Two
 * devices show in the pace, and in one coming back from where it had been ousted. On one host, where ports say nothing
 * of who is who, it takes a faster pace.
 */
import type { Clock } from '../base/clock.ts';
import type { ClientIdSharing, ConnectionInfo } from './observer.ts';

/** Takeovers further apart than this have nothing to do with each other, and after as long without one it is calm. */
const MEMORY_MS = 60_000;
/** From one host to another and back, and there again. Boards of ESP-IDF wait 10 s before they reconnect. */
const ENOUGH_BETWEEN_HOSTS = 3;
const ENOUGH_ON_ONE_HOST = 5;
/** Of client ids. Beyond, the one whose takeover is longest ago is forgotten. */
const MAX_REMEMBERED = 256;

interface Takeover {
  readonly atMs: number;
  readonly loserHost: string;
  readonly winnerHost: string;
}

interface Remembered {
  /** The oldest first, `ENOUGH_ON_ONE_HOST` at most. */
  takeovers: Takeover[];
  isAnnounced: boolean;
}

export class TakeoverWatch {
  readonly #clock: Clock;
  /** By client id, the one whose takeover is longest ago first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Client ids that are remembered: at most 256. */
  get size(): number {
    return this.#remembered.size;
  }

  /**
   * A connection took the session of another one.
   *
   * @returns what is known of the two devices, when this takeover shows that there are two; once, until it was calm
   * for a minute.
   */
  takenOver(clientId: string, loser: ConnectionInfo, winner: ConnectionInfo): ClientIdSharing | undefined {
    const atMs = this.#clock.monotonicMs();
    const remembered = this.#recall(clientId, atMs);
    const { takeovers } = remembered;
    takeovers.push({
      atMs,
      loserHost: hostOf(loser.remoteAddress),
      winnerHost: hostOf(winner.remoteAddress),
    });
    if (takeovers.length > ENOUGH_ON_ONE_HOST) takeovers.shift();
    if (remembered.isAnnounced) return undefined;
    const evidence = evidenceIn(takeovers.filter((takeover) => atMs - takeover.atMs <= MEMORY_MS));
    const [first, last] = [evidence?.[0], evidence?.at(-1)];
    if (evidence === undefined || first === undefined || last === undefined) return undefined;
    remembered.isAnnounced = true;
    const isOneHost = last.loserHost === last.winnerHost;
    return {
      addresses: isOneHost ? [loser.remoteAddress, winner.remoteAddress] : [last.loserHost, last.winnerHost],
      isOneHost,
      takeovers: evidence.length,
      periodMs: last.atMs - first.atMs,
    };
  }

  /** What is known of the client id, which moves to the end; all that was calm since is forgotten. */
  #recall(clientId: string, nowMs: number): Remembered {
    let known = this.#remembered.get(clientId);
    if (known !== undefined && hasCalmedDown(known, nowMs)) known = undefined;
    this.#remembered.delete(clientId);
    for (const [oldId, old] of this.#remembered) {
      if (!hasCalmedDown(old, nowMs) && this.#remembered.size < MAX_REMEMBERED) break;
      this.#remembered.delete(oldId);
    }
    const remembered = known ?? { takeovers: [], isAnnounced: false };
    this.#remembered.set(clientId, remembered);
    return remembered;
  }
}

function hasCalmedDown({ takeovers }: Remembered, nowMs: number): boolean {
  const last = takeovers.at(-1);
  return last === undefined || nowMs - last.atMs > MEMORY_MS;
}

/** The takeovers that show two devices; the last one is one of them. */
function evidenceIn(takeovers: readonly Takeover[]): readonly Takeover[] | undefined {
  const last = takeovers.at(-1);
  if (last === undefined) return undefined;
  if (last.loserHost === last.winnerHost) {
    return takeovers.length >= ENOUGH_ON_ONE_HOST ? takeovers : undefined;
  }
  const between = takeovers.filter(({ loserHost, winnerHost }) => loserHost !== winnerHost);
  // A device on the move comes from new addresses, and never back to take its session from where it went.
  const isBack = between.some(({ loserHost }) => loserHost === last.winnerHost);
  return between.length >= ENOUGH_BETWEEN_HOSTS && isBack ? between : undefined;
}

/** Without the port, which is another one for each connection. */
export function hostOf(remoteAddress: string): string {
  return remoteAddress.replace(/:\d+$/, '');
}
