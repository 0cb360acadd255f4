/** The forms in which certificates go into firmware. That a C compiler takes them is tested in test/device. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  commentLine,
  type ExportFormat,
  exportFiles,
  exportText,
  fileEndings,
  hasNotes,
} from '../../../src/certificates/exportFormats.ts';
import { certificatePem, derOf } from '../../../src/certificates/pem.ts';
import { tlsFixture } from '../../support/tlsFixtures.ts';

const pem = readFileSync(tlsFixture('ca.crt'), 'utf8');
const items = [{ name: 'ca_cert', pem }];
const notes = ['CA of this workbench.', 'The clock must be set.'];
const [first = ''] = pem.split('\n').slice(1);

test('PEM stays as it is, and DER is its bytes', () => {
  assert.equal(exportText('pem', items, { notes }), pem);
  assert.deepEqual(exportFiles('der', items, { notes }), [new X509Certificate(pem).raw]);
  assert.equal(certificatePem(derOf(pem)), pem);
});

test('of a certificate and its key, DER and Base64 make a file each, and every other form one file', () => {
  const two = [...items, { name: 'client_key', pem: readFileSync(tlsFixture('client.key'), 'utf8') }];
  const filesIn = (format: ExportFormat) => exportFiles(format, two, { notes });
  const bytes = two.map(({ pem: each }) => derOf(each));
  assert.deepEqual(filesIn('der'), bytes);
  const lines = bytes.map((each) => Buffer.from(`${each.toString('base64')}\n`));
  assert.deepEqual(filesIn('base64'), lines);
  for (const format of ['pem', 'arduinoHeader', 'cHeader', 'cString', 'nvsCsv'] as const)
    assert.deepEqual(filesIn(format), [Buffer.from(exportText(format, two, { notes }))]);
});

test('a header for Arduino has the PEM as it is, in flash, and the notes', () => {
  const text = exportText('arduinoHeader', items, { notes });
  assert.ok(text.startsWith('/*\n * CA of this workbench.\n * The clock must be set.\n */\n#pragma once\n'));
  assert.ok(text.includes(`const char ca_cert[] PROGMEM = R"PEM(${pem})PEM";\n`));
});

test('a header for C, and a string, have a literal for each line', () => {
  const header = exportText('cHeader', items, { notes });
  assert.match(header, /\nstatic const char ca_cert\[\] =\n {4}"-----BEGIN CERTIFICATE-----\\n"\n/);
  assert.ok(header.includes(`\n    "${first}\\n"\n`));
  assert.ok(header.endsWith('    "-----END CERTIFICATE-----\\n";\n'));
  const string = exportText('cString', items, { notes });
  const comment = '/*\n * CA of this workbench.\n * The clock must be set.\n */\n';
  assert.ok(string.startsWith(comment));
  assert.ok(header.includes(string.slice(comment.length).trimEnd()));
});

test('Base64 is one line of DER, and the CSV for NVS has it under its key', () => {
  const base64 = derOf(pem).toString('base64');
  assert.equal(exportText('base64', items, { notes }), `${base64}\n`);
  assert.equal(
    exportText('nvsCsv', [...items, { name: 'client_key', pem }], { notes }),
    `key,type,encoding,value\nmqtt_tls,namespace,,\nca_cert,data,base64,${base64}\nclient_key,data,base64,${base64}\n`,
  );
});

test('a form says whether the notes are in it: all that a compiler of C reads', () => {
  const forms = Object.keys(fileEndings) as ExportFormat[];
  for (const form of forms) {
    const [bytes] = exportFiles(form, items, { notes });
    assert.equal(bytes?.includes('The clock must be set.'), hasNotes(form), form);
  }
  assert.deepEqual(forms.filter(hasNotes), ['arduinoHeader', 'cHeader', 'cString']);
});

test('a name in a comment ends no comment and begins no line', () => {
  assert.equal(commentLine('a */ #include "x" \\\n#error\u2028'), 'a * / #include "x"   #error ');
  assert.ok(!exportText('cHeader', items, { notes: ['*/ int x; /*'] }).includes('*/ int'));
});
