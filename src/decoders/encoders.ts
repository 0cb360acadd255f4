/**
 * A document that a person writes, as the bytes of a binary format: CBOR, MessagePack, or Protobuf by the schema that was
 * chosen for the topic. Beside the decoders, so that what they show can be changed and sent.
 */
import { messageOf } from '../base/messageOf.ts';
import { writeCbor } from './cborWriter.ts';
import type { DecoderChoice } from './choice.ts';
import { DecodeProblem } from './decodeProblem.ts';
import { readDocumentText } from './documentText.ts';
import { EncodeProblem } from './encodeProblem.ts';
import { writeMessagePack } from './messagePackWriter.ts';
import { protoMessagesOf } from './protobuf.ts';
import type { SchemaFiles } from './schemaFiles.ts';
import type { WireMessage } from './wire.ts';
import { writeWireMessage } from './wireWriter.ts';

export type BinaryFormat = 'cbor' | 'messagePack' | 'protobuf';

/** Makes bytes of one text after the other. A problem is a sentence without its full stop. */
export type Encode = (
  text: string,
) => { kind: 'bytes'; bytes: Uint8Array } | { kind: 'problem'; message: string };

export type EncoderFor = { kind: 'encoder'; encode: Encode } | { kind: 'problem'; message: string };

/** @param choice of the topic: its schema is that of `protobuf`. */
export async function encoderFor(
  format: BinaryFormat,
  choice: DecoderChoice | undefined,
  schemaFiles: SchemaFiles,
): Promise<EncoderFor> {
  if (format === 'cbor') return encoder(writeCbor);
  if (format === 'messagePack') return encoder(writeMessagePack);
  if (choice?.decoder !== 'protobuf' || choice.schemaFile === undefined)
    return {
      kind: 'problem',
      message:
        'no schema is chosen for this topic: name a “schemaFile” for it in the setting “mqttWorkbench.decoders”',
    };
  let message: WireMessage;
  try {
    message = (await protoMessagesOf(choice.schemaFile, schemaFiles)).message(choice.messageType);
  } catch (error) {
    // Of a schema that is wrong, or gone: what is thrown else is a bug.
    if (!(error instanceof DecodeProblem)) throw error;
    return { kind: 'problem', message: messageOf(error).replace(/\.$/, '') };
  }
  return encoder((value) => writeWireMessage(value, message));
}

function encoder(write: (value: ReturnType<typeof readDocumentText>) => Uint8Array): EncoderFor {
  const encode: Encode = (text) => {
    try {
      return { kind: 'bytes', bytes: write(readDocumentText(text)) };
    } catch (error) {
      if (!(error instanceof EncodeProblem)) throw error;
      return { kind: 'problem', message: error.message };
    }
  };
  return { kind: 'encoder', encode };
}
