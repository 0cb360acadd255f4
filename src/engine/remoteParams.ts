/**
 * What is asked of a connection, as the client takes it: texts as bytes, and the files of TLS read.
 *
 * Files are read at each connect: who renews a certificate connects again. What has no file comes as its content.
 */
import type { readFile as nodeReadFile } from 'node:fs/promises';
import { messageOf } from '../base/messageOf.ts';
import type { ConnectParams, Failure, TlsParams, Will } from '../client/clientTypes.ts';
import type { RemoteBrokerParams, RemoteTlsParams, WillParams } from '../contracts/remoteBrokers.ts';
import type { TlsFileName } from '../contracts/tlsFiles.ts';

type ReadFile = typeof nodeReadFile;

export async function connectParamsOf(
  params: RemoteBrokerParams,
  readFile: ReadFile,
): Promise<ConnectParams | Failure> {
  const { url, clientId, protocolVersion, cleanStart, keepAliveSeconds, username, password } = params;
  const { sessionExpiryIntervalSeconds, connectProperties, headers, subprotocol, will } = params;
  const { proxy } = params;
  const tls = params.tls && (await tlsOf(params.tls, readFile));
  if (tls !== undefined && 'kind' in tls) return tls;
  return {
    ...{ url, clientId, protocolVersion, cleanStart, keepAliveSeconds },
    ...(sessionExpiryIntervalSeconds !== undefined && { sessionExpiryIntervalSeconds }),
    ...(connectProperties !== undefined && { connectProperties }),
    ...(username !== undefined && {
      credentials: { username, ...(password !== undefined && { password }) },
    }),
    ...(headers !== undefined && { headers }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(will !== undefined && { will: willOf(will) }),
    ...(tls !== undefined && { tls }),
    ...(proxy !== undefined && { proxy }),
  };
}

async function tlsOf(
  { caFile, certFile, keyFile, pkcs12File, contents = {}, ...others }: RemoteTlsParams,
  readFile: ReadFile,
): Promise<TlsParams | Failure> {
  const files = { ca: caFile, cert: certFile, key: keyFile, pkcs12: pkcs12File };
  const tls: TlsParams = { ...others };
  for (const [name, file] of Object.entries(files) as [keyof typeof files, string | undefined][]) {
    if (file === undefined) continue;
    try {
      tls[name] = await readFile(file);
    } catch (error) {
      const message = `${file} can't be read: ${messageOf(error)}`;
      return { kind: 'failed', message, fault: { stage: 'tls', code: 'FILE' } };
    }
  }
  for (const [name, content] of Object.entries(contents) as [TlsFileName, string][]) {
    if (content === '') {
      const message = `the content of tls.${name} is not kept in VS Code: choose its file again`;
      return { kind: 'failed', message, fault: { stage: 'tls', code: 'FILE' } };
    }
    if (name === 'pkcs12') tls.pkcs12 = Buffer.from(content, 'base64');
    else tls[name === 'certificate' ? 'cert' : name] = content;
  }
  return tls;
}

function willOf(params: WillParams): Will {
  const { topic, payload, qos, retain, delayIntervalSeconds } = params;
  const { payloadFormatIndicator, messageExpiryIntervalSeconds, contentType } = params;
  const { responseTopic, correlationData, userProperties } = params;
  const encoder = new TextEncoder();
  return {
    ...{ topic, payload: encoder.encode(payload), qos, retain },
    ...(delayIntervalSeconds !== undefined && { delayIntervalSeconds }),
    properties: {
      ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator }),
      ...(messageExpiryIntervalSeconds !== undefined && {
        messageExpiryInterval: messageExpiryIntervalSeconds,
      }),
      ...(contentType !== undefined && { contentType }),
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData !== undefined && { correlationData: encoder.encode(correlationData) }),
      ...(userProperties !== undefined && { userProperties }),
    },
  };
}
