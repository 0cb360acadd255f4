/**
 * The fields of a JSON object: which there are, and what may be in each.
 *
 * A field is checked by itself here; what fits together is for who knows what the object is.
 */
import { resolve } from 'node:path';
import { nearMiss } from '../base/nearMiss.ts';
import type { ConfigurationProblem } from './configurationProblem.ts';

export interface Field {
  /** What is wrong with a value, to follow the field's name; undefined when it is fine. */
  check(value: unknown): string | undefined;
  /** A relative one starts at the folder of the configuration file. */
  readonly isPath?: boolean;
}

export type FieldTable<Name extends string> = { readonly [N in Name]: Field };

export const text: Field = { check: checkText };
export const path: Field = { check: checkText, isPath: true };

export const host: Field = {
  check: (value) =>
    typeof value === 'string' && /^\[.*\]$/.test(value)
      ? `is ${say(value)}: an IPv6 address is written without brackets here`
      : checkText(value),
};

export const port: Field = {
  check: (value) =>
    isWhole(value, 0, 65_535)
      ? undefined
      : `is ${say(value)}, must be a whole number from 0 to 65535 (0 takes a free one)`,
};

export const trueOrFalse: Field = {
  check: (value) => (typeof value === 'boolean' ? undefined : `is ${say(value)}, must be true or false`),
};

/** 1 or more. */
export const count: Field = {
  check: (value) =>
    isWhole(value, 1, Number.MAX_SAFE_INTEGER)
      ? undefined
      : `is ${say(value)}, must be a whole number from 1 up`,
};

/** Of a file, as chmod takes it. Not a number: JSON has no octal ones. */
export const permissions: Field = {
  check: (value) =>
    typeof value === 'string' && /^0?[0-7]{3}$/.test(value)
      ? undefined
      : `is ${say(value)}, must be three octal digits in quotes, as "660"`,
};

/** An object or a list, looked into later. */
export const later: Field = { check: () => undefined };

export function oneOf(words: readonly string[]): Field {
  return {
    check: (value) => {
      if (typeof value === 'string' && words.includes(value)) return undefined;
      const near = typeof value === 'string' ? nearMiss(value, words) : undefined;
      const hint = near === undefined ? '' : `; did you mean ${say(near)}?`;
      return `is ${say(value)}, must be ${words.map(say).join(' or ')}${hint}`;
    },
  };
}

export type FieldsResult<Values> =
  | { readonly kind: 'fields'; readonly values: Partial<Values> }
  | ConfigurationProblem;

/** Where an object is. */
export interface Place {
  readonly file: string;
  /** `limits`, `listeners[1]`; empty for the whole. */
  readonly setting: string;
  /** Where relative paths start. */
  readonly folder: string;
}

/** @typeParam Values what the checks of the table see to. */
export function readFields<Values extends object>(
  object: unknown,
  table: FieldTable<keyof Values & string>,
  place: Place,
): FieldsResult<Values> {
  if (!isObject(object)) {
    const name = Object.keys(table)[0] ?? '';
    const subject = place.setting === '' ? 'the file' : say(place.setting);
    return problemAt(
      place,
      place.setting,
      `${subject} is ${say(object)}, must be a JSON object, as in {${say(name)}: …}`,
    );
  }
  const fields: Readonly<Record<string, Field>> = table;
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const setting = place.setting === '' ? name : `${place.setting}.${name}`;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return problemAt(place, setting, describeUnknown(name, setting, fields));
    const wrong = field.check(value);
    if (wrong !== undefined) return problemAt(place, setting, `${say(setting)} ${wrong}`);
    values[name] = field.isPath && typeof value === 'string' ? resolve(place.folder, value) : value;
  }
  return { kind: 'fields', values: values as Partial<Values> }; // each name is in the table, each value was checked
}

export function problemAt({ file }: Place, setting: string, message: string): ConfigurationProblem {
  return { kind: 'configurationProblem', file, ...(setting !== '' && { setting }), message };
}

/** As JSON, cut to what a line bears. */
export function say(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > MAX_SAID_CHARACTERS ? `${json.slice(0, MAX_SAID_CHARACTERS)}…` : json;
}

const MAX_SAID_CHARACTERS = 100;

function describeUnknown(name: string, setting: string, fields: Readonly<Record<string, Field>>): string {
  const near = nearMiss(name, Object.keys(fields));
  return `${say(setting)} is no setting${near === undefined ? '' : `, did you mean ${say(near)}?`}`;
}

function checkText(value: unknown): string | undefined {
  if (value === '') return 'is empty: write it, or leave it out';
  return typeof value === 'string' ? undefined : `is ${say(value)}, must be a text in quotes`;
}

export function isWhole(value: unknown, lowest: number, highest: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
