import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { exportedPacketsWords } = await import('../../../../src/extension/words/exportedPacketsWords.ts');

test('what was exported is told, what was added to it, and what is missing', () => {
  const said = (packets: number, addedConnects: number, missingPackets: number): string =>
    exportedPacketsWords({ kind: 'exported', packets, addedConnects, missingPackets }, 'a.pcapng');
  assert.equal(said(1, 0, 0), 'Exported 1 packet to a.pcapng.');
  assert.equal(
    said(1200, 0, 3),
    'Exported 1,200 packets to a.pcapng. 3 missing: the trace dropped them meanwhile.',
  );
  assert.equal(
    said(9, 1, 0),
    "Exported 9 packets to a.pcapng. Added is the CONNECT of 1 connection, without which it can't be read as MQTT 5.0.",
  );
  assert.equal(
    said(9, 2, 0),
    "Exported 9 packets to a.pcapng. Added is the CONNECT of 2 connections, without which they can't be read as MQTT 5.0.",
  );
});
