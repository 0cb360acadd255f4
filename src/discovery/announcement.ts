/**
 * A broker that announces itself by multicast DNS on the machine's networks, until it is stopped.
 *
 * Owns which addresses that is on: it looks every 5 seconds whether they are others, and then begins anew. Nothing that
 * goes wrong here is an error of the broker: it is said in one line of the log. IPv4 alone, as most firmware asks by it.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { isLoopback, localHostName } from '../base/networkAddress.ts';
import { Turns } from '../base/turns.ts';
import type { IncomingMessage, LinkAddress, OpenLink } from './link.ts';
import { type Place, Presence } from './presence.ts';
import type { Service } from './records.ts';

export interface AnnounceOptions {
  /** Those that are bound to a loopback address are left out. */
  services: readonly Service[];
  clock: Clock;
  /** `os.hostname()` */
  hostName: string;
  /** `os.networkInterfaces()`, each time. */
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  openLink: OpenLink;
  /** One sentence. */
  log(level: 'info' | 'warn', message: string): void;
  /** What it is found as now; undefined when it is not found any more. */
  onNamed(name: string | undefined): void;
}

export interface Announcement {
  /** Says goodbye. Resolves when that is sent. */
  stop(): Promise<void>;
}

const LOOK_INTERVAL_MS = 5_000;
/** A machine with more has bridges for them. */
const MAX_NETWORKS = 16;

export function announce(options: AnnounceOptions): Announcement {
  return new NetworkAnnouncement(options);
}

class NetworkAnnouncement implements Announcement {
  readonly #options: AnnounceOptions;
  readonly #services: readonly Service[];
  readonly #turns = new Turns();
  #addresses: readonly LinkAddress[] = [];
  #presence: Presence | undefined;
  #timer: Disposable | undefined;
  #isStopped = false;

  constructor(options: AnnounceOptions) {
    this.#options = options;
    this.#services = options.services.filter(({ host }) => !isLoopback(host));
    if (this.#services.length === 0) return;
    this.#look();
    if (this.#addresses.length === 0)
      options.log(
        'info',
        'The broker announces itself by mDNS as soon as it listens on an IPv4 address of a network',
      );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.dispose();
    await this.#turns.take(() => this.#leave());
  }

  #look(): void {
    const { clock } = this.#options;
    const addresses = this.#reachable();
    if (JSON.stringify(addresses) !== JSON.stringify(this.#addresses)) {
      this.#addresses = addresses;
      void this.#turns.take(() => this.#begin(addresses));
    }
    this.#timer = clock.setTimeout(() => this.#look(), LOOK_INTERVAL_MS);
  }

  #reachable(): LinkAddress[] {
    return Object.values(this.#options.interfaces())
      .flatMap((infos) => infos ?? [])
      .filter(({ family, internal, address }) => {
        return family === 'IPv4' && !internal && this.#servicesOn(address).length > 0;
      })
      .slice(0, MAX_NETWORKS)
      .map(({ address, netmask }) => ({ address, netmask }));
  }

  #servicesOn(address: string): Service[] {
    return this.#services.filter(({ host }) => [address, '0.0.0.0', '::'].includes(host));
  }

  async #begin(addresses: readonly LinkAddress[]): Promise<void> {
    const { openLink, log } = this.#options;
    await this.#leave();
    if (this.#isStopped) return;
    const places: Place[] = [];
    const failures = new Set<string>();
    let presence: Presence | undefined;
    for (const each of addresses) {
      const heard = (message: IncomingMessage): void => {
        const place = places.find(({ address }) => address === each.address);
        if (place !== undefined) presence?.heard(place, message);
      };
      const result = await openLink(each.address, heard);
      if (result.kind === 'failed') failures.add(`${each.address} (${result.message})`);
      else places.push({ ...each, link: result.link, services: this.#servicesOn(each.address) });
    }
    if (failures.size > 0)
      log('warn', `The broker does not announce itself by mDNS on ${[...failures].join(', ')}`);
    if (places.length === 0) return;
    presence = this.#presenceOf(places);
    this.#presence = presence;
    presence.start();
  }

  #presenceOf(places: readonly Place[]): Presence {
    const { clock, hostName, log, onNamed } = this.#options;
    const localHost = localHostName(hostName);
    const where = places.map(({ address }) => address).join(', ');
    const what = this.#services.map(({ type, port }) => `${type} on port ${port}`).join(', ');
    return new Presence(places, {
      ...{ clock, localHost },
      onNamed: (name) => {
        log('info', `The broker announces itself by mDNS as "${name}" (${localHost}, ${where}): ${what}`);
        onNamed(name);
      },
      onNoName: () => {
        log(
          'warn',
          'The broker does not announce itself by mDNS: other programs have all names it would take',
        );
        onNamed(undefined);
      },
    });
  }

  async #leave(): Promise<void> {
    const presence = this.#presence;
    if (presence === undefined) return;
    this.#presence = undefined;
    await presence.withdraw();
    this.#options.onNamed(undefined);
  }
}
