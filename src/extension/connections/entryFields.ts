/**
 * The values of an entry of the setting, one by one: each is of its kind and in its range, or a fault that names it. Pure.
 *
 * Knows what a text, a number or an MQTT string is, and nothing of connections.
 */
import { isSecretName } from '../../contracts/addressSecrets.ts';
import type { QoS, UserProperty } from '../../contracts/messages.ts';
import { keptContent } from '../../contracts/tlsFiles.ts';

export interface ProfileFault {
  /** Its name, or its place: `#2`. */
  profile: string;
  /** `tls.ca`; empty for the profile itself. */
  field: string;
  problem: FieldProblem;
}

export type FieldProblem =
  | { kind: 'missing' }
  | { kind: 'wrongType'; wanted: 'text' | 'boolean' | 'list' | 'object' }
  | { kind: 'notOneOf'; allowed: readonly string[] }
  | { kind: 'notInRange'; min: number; max: number }
  | { kind: 'unknownField' }
  | { kind: 'nameUsedTwice' }
  | { kind: 'notAnAddress' }
  | { kind: 'notATopic' }
  | { kind: 'notAFilter' }
  /** The null character, half of a character, or too long for its two bytes of length. */
  | { kind: 'notAnMqttString' }
  /** RFC 6455 allows a token alone. */
  | { kind: 'notASubprotocol' }
  | { kind: 'notAFingerprint' }
  | { kind: 'notAnIcon' }
  /** Of a certificate without its key, or the other way round: the field that is wanted too. */
  | { kind: 'needs'; other: string }
  /** Two of which one says it all. */
  | { kind: 'excludes'; other: string }
  | { kind: 'notAProxy' }
  | { kind: 'proxyWithUnixSocket' }
  | { kind: 'tlsWithoutTls' }
  | { kind: 'headersWithoutWebSocket' }
  | { kind: 'subprotocolWithoutWebSocket' }
  | { kind: 'randomWithSession' }
  | { kind: 'secretInSettings' }
  /** A relative path, and no folder is open. */
  | { kind: 'noFolder' };

export type Entry = Readonly<Record<string, unknown>>;

export const MAX_UINT16 = 65_535;
export const MAX_UINT32 = 4_294_967_295;
const userPropertyFields = ['name', 'value'] as const;

/** Of one entry. Each problem is kept, so that all are told at once. */
export class EntryFields {
  readonly faults: ProfileFault[] = [];
  readonly #profile: string;

  /** @param profile its name, or its place. */
  constructor(profile: string) {
    this.#profile = profile;
  }

  fault(field: string, problem: FieldProblem): void {
    this.faults.push({ profile: this.#profile, field, problem });
  }

  unknown(of: Entry, known: readonly string[], prefix: string): void {
    for (const name of Object.keys(of)) {
      if (known.includes(name)) continue;
      const isSecret = /^(password|passphrase|token)$/i.test(name);
      this.fault(prefix + name, { kind: isSecret ? 'secretInSettings' : 'unknownField' });
    }
  }

  text(of: Entry, name: string, prefix: string): string | undefined {
    const value = of[name];
    if (value === undefined || typeof value === 'string') return value;
    this.fault(prefix + name, { kind: 'wrongType', wanted: 'text' });
    return undefined;
  }

  boolean(of: Entry, name: string, prefix: string, otherwise: boolean): boolean {
    const value = of[name];
    if (value === undefined) return otherwise;
    if (typeof value === 'boolean') return value;
    this.fault(prefix + name, { kind: 'wrongType', wanted: 'boolean' });
    return otherwise;
  }

  number(of: Entry, name: string, prefix: string, min: number, max: number): number | undefined {
    const value = of[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.fault(prefix + name, { kind: 'notInRange', min, max });
    return undefined;
  }

  oneOf<T extends string>(of: Entry, name: string, prefix: string, allowed: readonly T[]): T | undefined {
    const value = of[name];
    const found = allowed.find((each) => each === value);
    if (value !== undefined && found === undefined) this.fault(prefix + name, { kind: 'notOneOf', allowed });
    return found;
  }

  flag(of: Entry, name: string): boolean | undefined {
    return of[name] === undefined ? undefined : this.boolean(of, name, '', false);
  }

  /** @param mayHaveSecrets of the CONNECT: what goes to the broker alone, and by its name is a secret, is not in settings. */
  userProperties(of: Entry, prefix: string, mayHaveSecrets = false): readonly UserProperty[] | undefined {
    const list = of.userProperties;
    if (list === undefined) return undefined;
    if (!Array.isArray(list)) {
      this.fault(`${prefix}userProperties`, { kind: 'wrongType', wanted: 'list' });
      return undefined;
    }
    return list.map((entry: unknown, i): UserProperty => {
      const place = `${prefix}userProperties.${i + 1}`;
      if (!isObject(entry)) {
        this.fault(place, { kind: 'wrongType', wanted: 'object' });
        return ['', ''];
      }
      this.unknown(entry, userPropertyFields, `${place}.`);
      const [name, value] = userPropertyFields.map((part) => {
        if (entry[part] === undefined) this.fault(`${place}.${part}`, { kind: 'missing' });
        return this.mqttString(entry, part, `${place}.`) ?? '';
      }) as [string, string]; // of two
      if (mayHaveSecrets && isSecretName(name) && !value.includes(keptContent))
        this.fault(`${place}.value`, { kind: 'secretInSettings' });
      return [name, value];
    });
  }

  /** A UTF-8 encoded string of the standard [MQTT-1.5.4-1, MQTT-1.5.4-2]. */
  mqttString(of: Entry, name: string, prefix: string): string | undefined {
    const text = this.text(of, name, prefix);
    if (text === undefined) return undefined;
    if (text.includes('\0') || /\p{Surrogate}/u.test(text) || Buffer.byteLength(text) > MAX_UINT16)
      this.fault(prefix + name, { kind: 'notAnMqttString' });
    return text;
  }

  qos(of: Entry, prefix: string): QoS {
    return (this.number(of, 'qos', prefix, 0, 2) ?? 0) as QoS; // in that range
  }
}

export function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
