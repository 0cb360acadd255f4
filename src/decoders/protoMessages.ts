/** The messages of a .proto schema as wire.ts reads them, and the one that a person means by a name. */
import type { Enum, Field, MapField, Type } from 'protobufjs';
import { nearMiss } from '../base/nearMiss.ts';
import { DecodeProblem } from './decodeProblem.ts';
import type { ProtoSchema } from './protoFiles.ts';
import type { ScalarType, WireField, WireFieldType, WireMessage } from './wire.ts';

const maxListedNames = 8;

/** A schema, with the messages of it that were asked for. */
export class ProtoMessages {
  readonly #schema: ProtoSchema;
  /** The file that the person named, for faults. */
  readonly #file: string;
  readonly #known = new Map<Type, WireMessage>();

  constructor(schema: ProtoSchema, file: string) {
    this.#schema = schema;
    this.#file = file;
  }

  /** Throws a DecodeProblem that lists the names to choose from. */
  message(messageType: string | undefined): WireMessage {
    const name = messageName(this.#schema, messageType, this.#file);
    return wireMessageOf(this.#schema.root.lookupType(name), this.#known);
  }
}

function messageName(schema: ProtoSchema, messageType: string | undefined, file: string): string {
  const { messageNames, ownMessageNames } = schema;
  if (messageType === undefined) {
    const [only] = ownMessageNames;
    if (only !== undefined && ownMessageNames.length === 1) return only;
    throw new DecodeProblem(
      ownMessageNames.length === 0
        ? 'The schema defines no message.'
        : `The schema defines several messages. Set “messageType” to one of: ${listed(ownMessageNames)}.`,
      { file },
    );
  }
  const wanted = messageType.replace(/^\./, '');
  if (messageNames.includes(wanted)) return wanted;
  const withPackage = messageNames.filter((name) => name.endsWith(`.${wanted}`));
  const [only] = withPackage;
  if (only !== undefined && withPackage.length === 1) return only;
  if (only !== undefined)
    throw new DecodeProblem(`“${messageType}” is the name of several messages: ${listed(withPackage)}.`, {
      file,
    });
  const near = nearMiss(wanted, [
    ...messageNames,
    ...messageNames.map((name) => name.slice(name.lastIndexOf('.') + 1)),
  ]);
  const hint = near === undefined ? '' : ` Did you mean “${near}”?`;
  throw new DecodeProblem(
    `The schema has no message “${messageType}”.${hint} It has: ${listed(messageNames)}.`,
    { file },
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - maxListedNames;
  return names.slice(0, maxListedNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** @param known Made so far: messages may hold themselves. */
function wireMessageOf(type: Type, known: Map<Type, WireMessage>): WireMessage {
  const before = known.get(type);
  if (before) return before;
  const fields = new Map<number, WireField>();
  const message: WireMessage = { name: type.fullName.slice(1), fields };
  known.set(type, message);
  for (const field of type.fieldsArray) fields.set(field.id, wireFieldOf(field, known));
  return message;
}

function wireFieldOf(field: Field, known: Map<Type, WireMessage>): WireField {
  const type = fieldType(field, known);
  return {
    name: field.name,
    type,
    isRepeated: field.repeated,
    // protobufjs says so of messages and texts, too.
    ...(field.repeated && field.packed && isPackable(type) && { isPacked: true }),
    // protobufjs has checked that a map's key is a scalar.
    ...(field.map && { mapKey: (field as unknown as MapField).keyType as ScalarType }),
    isAbsentDefault: !field.hasPresence && !field.repeated && !field.map && type.kind !== 'message',
  };
}

function fieldType(field: Field, known: Map<Type, WireMessage>): WireFieldType {
  const resolved = field.resolvedType;
  // Resolved fields without a type of their own are scalars.
  if (resolved === null) return { kind: 'scalar', scalar: field.type as ScalarType };
  if ('valuesById' in resolved) return { kind: 'enum', names: enumNames(resolved) };
  return { kind: 'message', message: () => wireMessageOf(resolved, known) };
}

function isPackable(type: WireFieldType): boolean {
  if (type.kind === 'scalar') return type.scalar !== 'string' && type.scalar !== 'bytes';
  return type.kind === 'enum';
}

function enumNames(type: Enum): Map<number, string> {
  return new Map(Object.entries(type.valuesById).map(([number, name]) => [Number(number), name]));
}
