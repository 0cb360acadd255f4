/** Packets larger than what the client's library takes, as far as its client id tells which one it is. */
import { Recent } from '../../base/recent.ts';
import { type KnownLibrary, libraryOf } from './knownLibraries.ts';
import { MAX_CLIENTS, type RuleContext, type WarningRule } from './warningRule.ts';

export function libraryBuffersRule({ warn, over }: RuleContext): WarningRule {
  const libraries = new Recent<KnownLibrary>(MAX_CLIENTS);
  return {
    clientConnected: (_connection, clientId, { protocolVersion, properties }) => {
      const library = libraryOf(clientId, protocolVersion);
      // One that says what it takes is believed.
      if (library !== undefined && properties?.maximumPacketSize === undefined) {
        libraries.set(clientId, library);
        return;
      }
      libraries.delete(clientId);
      over(clientId, 'largerThanLibrary');
    },
    largestPublishSent: (_connection, clientId, packetBytes, topic) => {
      const library = libraries.get(clientId);
      if (library === undefined || packetBytes <= library.bufferBytes) return;
      const { name, bufferBytes, isSplit } = library;
      warn(clientId, { kind: 'largerThanLibrary', topic, packetBytes, library: name, bufferBytes, isSplit });
    },
  };
}
