/**
 * Values of Sparkplug B as their datatypes mean them: the wire carries every integer without a sign, arrays packed into
 * bytes, times as milliseconds (specification 3.0, section 6.4.16). Values of types that do not fit are shown as they came.
 */
import { ByteReader, exactInteger } from './byteReader.ts';
import { type DocumentObject, type DocumentValue, isoDateOfMs, setField } from './document.ts';

/** By their number. */
export const datatypeNames = [
  'Unknown',
  ...['Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float', 'Double', 'Boolean'],
  ...[
    'String',
    'DateTime',
    'Text',
    'UUID',
    'DataSet',
    'Bytes',
    'File',
    'Template',
    'PropertySet',
    'PropertySetList',
  ],
  ...['Int8Array', 'Int16Array', 'Int32Array', 'Int64Array', 'UInt8Array', 'UInt16Array', 'UInt32Array'],
  ...['UInt64Array', 'FloatArray', 'DoubleArray', 'BooleanArray', 'StringArray', 'DateTimeArray'],
] as const;

const scalarFields = [
  'int_value',
  'long_value',
  'float_value',
  'double_value',
  'boolean_value',
  'string_value',
];
const otherFields = [
  ...['bytes_value', 'dataset_value', 'template_value', 'propertyset_value', 'propertysets_value'],
];
const valueFields = [...scalarFields, ...otherFields];

export function datatypeName(datatype: DocumentValue): string {
  return (typeof datatype === 'number' && datatypeNames[datatype]) || `Unknown (${String(datatype)})`;
}

/** Of a metric, parameter, property or cell. Null where `is_null` says so; undefined where there is none. */
export function sparkplugValue(holder: DocumentObject, datatype: DocumentValue): DocumentValue {
  if (holder.is_null === true) return null;
  const field = valueFields.find((name) => Object.hasOwn(holder, name));
  if (field === undefined) return undefined;
  const raw = holder[field];
  const name = typeof datatype === 'number' ? datatypeNames[datatype] : undefined;
  if (typeof raw === 'number' || typeof raw === 'bigint') return numberOf(raw, name);
  if (raw instanceof Uint8Array) return arrayOf(raw, name);
  if (field === 'dataset_value') return dataSetOf(raw as DocumentObject);
  if (field === 'template_value') return templateOf(raw as DocumentObject);
  if (field === 'propertyset_value') return propertiesOf(raw as DocumentObject);
  if (field === 'propertysets_value')
    return objectsIn((raw as DocumentObject).propertyset).map((set) => propertiesOf(set));
  return raw;
}

/** Keys and values come in two lists. */
export function propertiesOf(set: DocumentObject): DocumentObject {
  const keys = itemsIn(set.keys);
  const properties: DocumentObject = {};
  objectsIn(set.values).forEach((value, i) => {
    setField(properties, String(keys[i] ?? i), sparkplugValue(value, value.type));
  });
  return properties;
}

/** Milliseconds since 1970, as ISO 8601; as they came where that has no form for them. */
export function sparkplugTime(ms: DocumentValue): DocumentValue {
  if (typeof ms !== 'number' && typeof ms !== 'bigint') return ms;
  return isoDateOfMs(BigInt.asIntN(64, BigInt(ms))) ?? ms;
}

function numberOf(raw: number | bigint, datatype: string | undefined): DocumentValue {
  const bits = /^U?Int(8|16|32|64)$/.exec(datatype ?? '')?.[1];
  if (bits !== undefined && Number.isInteger(Number(raw))) {
    const take = datatype?.startsWith('U') ? BigInt.asUintN : BigInt.asIntN;
    return exactInteger(take(Number(bits), BigInt(raw)));
  }
  return datatype === 'DateTime' ? sparkplugTime(raw) : raw;
}

function arrayOf(bytes: Uint8Array, datatype: string | undefined): DocumentValue {
  const element = /^(\w+)Array$/.exec(datatype ?? '')?.[1];
  if (element === undefined) return bytes;
  if (element === 'Boolean') return booleansOf(bytes) ?? bytes;
  if (element === 'String') return stringsOf(bytes) ?? bytes;
  const items: DocumentValue[] = [];
  const reader = new ByteReader(bytes);
  const width = { Int8: 1, UInt8: 1, Int16: 2, UInt16: 2, Int32: 4, UInt32: 4, Float: 4 }[element] ?? 8;
  if (bytes.length % width !== 0) return bytes;
  while (!reader.isAtEnd) {
    reader.enter(0);
    items.push(elementOf(reader, element));
  }
  return items;
}

function elementOf(reader: ByteReader, element: string): DocumentValue {
  switch (element) {
    case 'Int8':
      return reader.int8();
    case 'UInt8':
      return reader.uint8();
    case 'Int16':
      return reader.int16(true);
    case 'UInt16':
      return reader.uint16(true);
    case 'Int32':
      return reader.int32(true);
    case 'UInt32':
      return reader.uint32(true);
    case 'Int64':
      return exactInteger(reader.int64(true));
    case 'UInt64':
      return exactInteger(reader.uint64(true));
    case 'Float':
      return reader.float32(true);
    case 'Double':
      return reader.float64(true);
    default:
      return sparkplugTime(reader.uint64(true));
  }
}

/** Four bytes of count, then eight to a byte, the highest bit first. */
function booleansOf(bytes: Uint8Array): DocumentValue {
  if (bytes.length < 4) return undefined;
  const count = new ByteReader(bytes).uint32(true);
  if (Math.ceil(count / 8) > bytes.length - 4 || count > 100_000) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const byte = bytes[4 + (i >> 3)] ?? 0;
    return (byte & (0x80 >> (i & 7))) !== 0;
  });
}

/** Each ends with a NUL. */
function stringsOf(bytes: Uint8Array): DocumentValue {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0) return undefined;
  return new TextDecoder().decode(bytes.subarray(0, -1)).split('\0');
}

/** Rows as objects by their columns. */
function dataSetOf(dataSet: DocumentObject): DocumentValue {
  const columns = itemsIn(dataSet.columns);
  const types = itemsIn(dataSet.types);
  return objectsIn(dataSet.rows).map((row) => {
    const cells: DocumentObject = {};
    objectsIn(row.elements).forEach((cell, i) => {
      setField(cells, String(columns[i] ?? i), sparkplugValue(cell, types[i]));
    });
    return cells;
  });
}

function templateOf(template: DocumentObject): DocumentValue {
  const { version, template_ref, is_definition } = template;
  const parameters = namedValues(objectsIn(template.parameters), 'type');
  const metrics = namedValues(objectsIn(template.metrics), 'datatype');
  return {
    ...(template_ref !== undefined && { template: template_ref }),
    ...(version !== undefined && { version }),
    ...(is_definition !== undefined && { isDefinition: is_definition }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    metrics,
  };
}

function namedValues(holders: readonly DocumentObject[], typeField: string): DocumentObject {
  const values: DocumentObject = {};
  holders.forEach((holder, i) => {
    setField(values, String(holder.name ?? i), sparkplugValue(holder, holder[typeField]));
  });
  return values;
}

function itemsIn(value: DocumentValue): readonly DocumentValue[] {
  return Array.isArray(value) ? value : [];
}

/** What the payload's description says are messages, are objects. */
export function objectsIn(value: DocumentValue): readonly DocumentObject[] {
  return itemsIn(value) as readonly DocumentObject[];
}
