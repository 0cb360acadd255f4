/**
 * An Avro schema (.avsc, or the one in a container file) as its reader needs it: names resolved, faults with the place
 * that they are in. Written here and not taken from a library, because a container brings its own schema: whoever sent
 * it must not choose what code runs or how much is read.
 */
import { nearMiss } from '../base/nearMiss.ts';
import { DecodeProblem } from './decodeProblem.ts';

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type AvroPrimitive = (typeof primitives)[number];

export type AvroType = { logicalType?: string; scale?: number } & (
  | { kind: 'primitive'; primitive: AvroPrimitive }
  | { kind: 'record'; name: string; fields: { name: string; type: AvroType }[] }
  | { kind: 'enum'; name: string; symbols: readonly string[] }
  | { kind: 'fixed'; name: string; size: number }
  | { kind: 'array'; items: AvroType }
  | { kind: 'map'; values: AvroType }
  | { kind: 'union'; branches: readonly AvroType[] }
);

/** What is being compiled, for names and messages. */
interface Place {
  /** Of the enclosing named type; empty outside. */
  namespace: string;
  /** `record Reading, field unit`; empty at the outermost. */
  path: string;
  depth: number;
}

const maxSchemaDepth = 100;
/** For a hint: a device may send a schema of a hundred thousand names. */
const maxComparedNames = 100;

/** Throws a DecodeProblem. @param schema What JSON.parse made of it. */
export function compileAvro(schema: unknown): AvroType {
  return new Compiler().type(schema, { namespace: '', path: '', depth: 0 });
}

class Compiler {
  readonly #named = new Map<string, AvroType>();

  type(schema: unknown, place: Place): AvroType {
    if (place.depth > maxSchemaDepth)
      throw faultIn(place, `the schema is nested more than ${maxSchemaDepth} levels deep`);
    if (typeof schema === 'string') return this.#byName(schema, place);
    if (Array.isArray(schema)) return this.#union(schema, place);
    if (typeof schema !== 'object' || schema === null)
      throw faultIn(place, 'a type must be a name, an object or a list');
    const attributes = schema as Record<string, unknown>;
    const type = this.#object(attributes, place);
    const { logicalType, scale } = attributes;
    // A named type that is only referred to here must not change.
    if (typeof logicalType !== 'string') return type;
    return { ...type, logicalType, ...(typeof scale === 'number' && { scale }) };
  }

  #object(attributes: Record<string, unknown>, place: Place): AvroType {
    const inner = { ...place, depth: place.depth + 1 };
    switch (attributes.type) {
      case 'record':
      case 'error':
        return this.#record(attributes, inner);
      case 'enum':
        return this.#enum(attributes, inner);
      case 'fixed':
        return this.#fixed(attributes, inner);
      case 'array':
        return { kind: 'array', items: this.type(attributes.items, inner) };
      case 'map':
        return { kind: 'map', values: this.type(attributes.values, inner) };
      case undefined:
        throw faultIn(place, 'a type has no “type”');
      default:
        return this.type(attributes.type, inner);
    }
  }

  #record(attributes: Record<string, unknown>, place: Place): AvroType {
    const { name, namespace } = nameIn(attributes, place);
    const fields: { name: string; type: AvroType }[] = [];
    const record: AvroType = { kind: 'record', name, fields };
    // Known before its fields are: they may hold it.
    this.#define(name, record, place);
    if (!Array.isArray(attributes.fields)) throw faultIn(place, `the record ${name} has no list of “fields”`);
    for (const field of attributes.fields as unknown[]) {
      const { name: fieldName, type } = (field ?? {}) as Record<string, unknown>; // its parts are checked
      if (typeof fieldName !== 'string') throw faultIn(place, `a field of the record ${name} has no name`);
      const path = `record ${name}, field ${fieldName}`;
      fields.push({ name: fieldName, type: this.type(type, { ...place, namespace, path }) });
    }
    return record;
  }

  #enum(attributes: Record<string, unknown>, place: Place): AvroType {
    const { name } = nameIn(attributes, place);
    const { symbols } = attributes;
    if (!Array.isArray(symbols) || !symbols.every((symbol) => typeof symbol === 'string'))
      throw faultIn(place, `the enum ${name} has no list of “symbols”`);
    return this.#define(name, { kind: 'enum', name, symbols }, place);
  }

  #fixed(attributes: Record<string, unknown>, place: Place): AvroType {
    const { name } = nameIn(attributes, place);
    const { size } = attributes;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw faultIn(place, `the fixed ${name} has no “size”`);
    return this.#define(name, { kind: 'fixed', name, size }, place);
  }

  #union(schemas: readonly unknown[], place: Place): AvroType {
    if (schemas.length === 0) throw faultIn(place, 'a union needs a type');
    return {
      kind: 'union',
      branches: schemas.map((schema) => this.type(schema, { ...place, depth: place.depth + 1 })),
    };
  }

  #byName(name: string, place: Place): AvroType {
    const primitive = primitives.find((known) => known === name);
    if (primitive) return { kind: 'primitive', primitive };
    const found = this.#named.get(fullName(name, place.namespace)) ?? this.#named.get(name);
    if (found) return found;
    const near = nearMiss(name, [
      ...primitives,
      'record',
      'enum',
      'array',
      'map',
      'fixed',
      ...[...this.#named.keys()].slice(0, maxComparedNames),
    ]);
    throw faultIn(
      place,
      `the type “${name}” is not known${near === undefined ? '' : `: did you mean ${near}?`}`,
    );
  }

  #define(name: string, type: AvroType, place: Place): AvroType {
    if (this.#named.has(name)) throw faultIn(place, `the name ${name} is defined twice`);
    this.#named.set(name, type);
    return type;
  }
}

function nameIn(attributes: Record<string, unknown>, place: Place): { name: string; namespace: string } {
  const { name, namespace, type } = attributes;
  if (typeof name !== 'string' || name === '') throw faultIn(place, `the ${String(type)} has no name`);
  const whole = fullName(name, typeof namespace === 'string' ? namespace : place.namespace);
  return { name: whole, namespace: whole.slice(0, Math.max(0, whole.lastIndexOf('.'))) };
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function faultIn(place: Place, reason: string): DecodeProblem {
  const where = place.path === '' ? '' : `${place.path}: `;
  return new DecodeProblem(`The Avro schema is wrong: ${where}${reason}${reason.endsWith('?') ? '' : '.'}`);
}
