/**
 * The messages of a Sparkplug B payload, written down from the tables of the specification (version 3.0, section 6.4):
 * field number, name, type. As tables for wire.ts, so that Sparkplug costs no schema library.
 */
import type { ScalarType, WireField, WireMessage } from './wire.ts';

type FieldRow = readonly [
  number: number,
  name: string,
  type: ScalarType | (() => WireMessage),
  repeated?: 'repeated',
];

function message(name: string, rows: readonly FieldRow[]): WireMessage {
  const fields = rows.map(([number, fieldName, type, repeated]): [number, WireField] => [
    number,
    {
      name: fieldName,
      type: typeof type === 'string' ? { kind: 'scalar', scalar: type } : { kind: 'message', message: type },
      isRepeated: repeated !== undefined,
      // proto2: what is not sent is not there.
      isAbsentDefault: false,
    },
  ]);
  return { name, fields: new Map(fields) };
}

const metaData = message('MetaData', [
  [1, 'is_multi_part', 'bool'],
  [2, 'content_type', 'string'],
  [3, 'size', 'uint64'],
  [4, 'seq', 'uint64'],
  [5, 'file_name', 'string'],
  [6, 'file_type', 'string'],
  [7, 'md5', 'string'],
  [8, 'description', 'string'],
]);

const propertySet: WireMessage = message('PropertySet', [
  [1, 'keys', 'string', 'repeated'],
  [2, 'values', () => propertyValue, 'repeated'],
]);

const propertySetList = message('PropertySetList', [[1, 'propertyset', () => propertySet, 'repeated']]);

const propertyValue: WireMessage = message('PropertyValue', [
  [1, 'type', 'uint32'],
  [2, 'is_null', 'bool'],
  [3, 'int_value', 'uint32'],
  [4, 'long_value', 'uint64'],
  [5, 'float_value', 'float'],
  [6, 'double_value', 'double'],
  [7, 'boolean_value', 'bool'],
  [8, 'string_value', 'string'],
  [9, 'propertyset_value', () => propertySet],
  [10, 'propertysets_value', () => propertySetList],
]);

const dataSetValue = message('DataSetValue', [
  [1, 'int_value', 'uint32'],
  [2, 'long_value', 'uint64'],
  [3, 'float_value', 'float'],
  [4, 'double_value', 'double'],
  [5, 'boolean_value', 'bool'],
  [6, 'string_value', 'string'],
]);

const row = message('Row', [[1, 'elements', () => dataSetValue, 'repeated']]);

const dataSet = message('DataSet', [
  [1, 'num_of_columns', 'uint64'],
  [2, 'columns', 'string', 'repeated'],
  [3, 'types', 'uint32', 'repeated'],
  [4, 'rows', () => row, 'repeated'],
]);

const parameter = message('Parameter', [
  [1, 'name', 'string'],
  [2, 'type', 'uint32'],
  [3, 'int_value', 'uint32'],
  [4, 'long_value', 'uint64'],
  [5, 'float_value', 'float'],
  [6, 'double_value', 'double'],
  [7, 'boolean_value', 'bool'],
  [8, 'string_value', 'string'],
]);

const template: WireMessage = message('Template', [
  [1, 'version', 'string'],
  [2, 'metrics', () => metric, 'repeated'],
  [3, 'parameters', () => parameter, 'repeated'],
  [4, 'template_ref', 'string'],
  [5, 'is_definition', 'bool'],
]);

const metric: WireMessage = message('Metric', [
  [1, 'name', 'string'],
  [2, 'alias', 'uint64'],
  [3, 'timestamp', 'uint64'],
  [4, 'datatype', 'uint32'],
  [5, 'is_historical', 'bool'],
  [6, 'is_transient', 'bool'],
  [7, 'is_null', 'bool'],
  [8, 'metadata', () => metaData],
  [9, 'properties', () => propertySet],
  [10, 'int_value', 'uint32'],
  [11, 'long_value', 'uint64'],
  [12, 'float_value', 'float'],
  [13, 'double_value', 'double'],
  [14, 'boolean_value', 'bool'],
  [15, 'string_value', 'string'],
  [16, 'bytes_value', 'bytes'],
  [17, 'dataset_value', () => dataSet],
  [18, 'template_value', () => template],
]);

export const sparkplugPayload: WireMessage = message('Payload', [
  [1, 'timestamp', 'uint64'],
  [2, 'metrics', () => metric, 'repeated'],
  [3, 'seq', 'uint64'],
  [4, 'uuid', 'string'],
  [5, 'body', 'bytes'],
]);
