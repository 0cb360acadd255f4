import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { after, afterEach, before, describe, it } from 'mocha';
import { commands, env, Uri, window } from 'vscode';
import { commandIds, settingKeys } from '../../../src/contracts/manifest.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';
import { activate, Listener, next, run, set, startBroker } from './workbench.ts';

/** The common name of what the broker shows, to a client that has this CA and calls it localhost. */
function shownTo(ca: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca }, () => {
      resolve(String(socket.getPeerCertificate().issuer.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/**
 * What a compiler makes of a literal of one string in each line, of text that has no other escape than that of a line break;
 * below a comment or none.
 */
function readLiteral(source: string): string {
  const lines = source
    .replace(/^\/\*.*?\*\//s, '')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line.trim()) as string).join('');
}

/** Whether what makes certificates has been loaded. */
function isLoaded(): boolean {
  return Object.keys(require.cache).some((file) => /dist.certificates\.js$/.test(file));
}

describe('TLS', () => {
  let api: TestApi;
  /** Answers of quick picks, in turn; the first choice when there is none. */
  const pickFirst = {
    pick: async (question: { choices: readonly { value: unknown }[] }) => ({
      kind: 'answered' as const,
      value: question.choices[0]?.value as never, // of the kind that was asked for
    }),
  };
  const ownPort = (): number | undefined => {
    const { state } = api.services.broker;
    return state.kind === 'running' ? state.broker.ownTlsPort : undefined;
  };

  before(async () => {
    api = await activate();
    await set(settingKeys.port, 0);
    await set(settingKeys.tlsPort, 0);
  });
  afterEach(() => run(commandIds.stopBroker));
  after(async () => {
    await api.services.developmentCa.delete();
    for (const key of [settingKeys.port, settingKeys.tls, settingKeys.tlsPort]) await set(key, undefined);
  });

  it('that no CA is there for is told of when a broker starts, which can do without', async () => {
    const listener = new Listener(api, { 'ask for TLS': 'Start without TLS' });
    await set(settingKeys.tls, true);
    await startBroker(api);
    const { message, buttons } = await listener.said('ask for TLS');
    assert.equal(
      message,
      "The local broker did not start, since its settings ask for TLS. VS Code's secret storage holds no development CA on this computer.",
    );
    assert.deepEqual(buttons, ['Set Up TLS', 'Start without TLS']);
    assert.equal(ownPort(), undefined);
    assert.equal(isLoaded(), false, 'nothing was to be signed');
  });

  it('is set up by one command, from a start that failed too', async () => {
    const listener = new Listener(api, { 'ask for TLS': 'Set Up TLS' }, pickFirst);
    await run(commandIds.startBroker);
    await listener.said('The broker has TLS now');
    const authority = await api.services.developmentCa.authority();
    assert.ok(authority);
    const issuer = await shownTo(authority.certificate, ownPort() ?? 0);
    assert.equal(issuer, new X509Certificate(authority.certificate).toLegacyObject().subject.CN);
    assert.ok(isLoaded());
  });

  it('restarts the broker that runs, and says what that did', async () => {
    const listener = new Listener(api, {}, pickFirst);
    await startBroker(api);
    await run(commandIds.turnOffTls);
    const { message: off } = await listener.said('The broker has no TLS now');
    assert.match(off, / It was restarted, which disconnected its clients\.$/);
    const { engine, faults } = api.services;
    const told = next(faults.onDidChange, (on) => on.length === 1);
    await engine.call('startFaults', { preset: 'natTimeout', who: { kind: 'everyone' } });
    await told;
    await run(commandIds.setUpTls);
    const { message: on } = await listener.said('The broker has TLS now');
    assert.match(
      on,
      / It was restarted, which disconnected its clients and ended the faults that were on\.$/,
    );
  });

  it('says in the code for a device that nobody comes in without a certificate, where that is so', async () => {
    const copied = async (clientCertificate: 'optional' | 'required'): Promise<string> => {
      await set(settingKeys.tlsClientCertificate, clientCertificate);
      await run(commandIds.stopBroker);
      const answers: Partial<UserQuestions> = {
        pick: async ({ choices }) => {
          const choice = choices.find(({ label }) => label === 'Python');
          assert.ok(choice);
          return { kind: 'answered', value: choice.value };
        },
        text: async () => ({ kind: 'answered', value: 'board-1' }),
      };
      new Listener(api, {}, answers);
      await startBroker(api);
      await run(commandIds.copyConnectionCode, { url: `mqtts://127.0.0.1:${ownPort()}` });
      return env.clipboard.readText();
    };
    try {
      assert.match(await copied('required'), /the broker lets in no device without a certificate/);
      assert.doesNotMatch(await copied('optional'), /lets in no device/);
    } finally {
      await set(settingKeys.tlsClientCertificate, undefined);
    }
  });

  it('exports the CA to the clipboard, and into an editor, with its notes', async () => {
    new Listener(api, {}, pickFirst);
    await run(commandIds.exportCaCertificate);
    const text = await env.clipboard.readText();
    assert.match(text, /A board that checks dates needs its clock set/);
    assert.match(text, /const char ca_cert\[\] PROGMEM = R"PEM\(-----BEGIN CERTIFICATE-----/);
    assert.doesNotMatch(text, /PRIVATE/);
    const answers = ['cHeader', 'editor'];
    const pick = async () => ({ kind: 'answered' as const, value: answers.shift() as never }); // as above
    new Listener(api, {}, { pick });
    await run(commandIds.exportCaCertificate);
    assert.match(window.activeTextEditor?.document.getText() ?? '', /static const char ca_cert\[\] =/);
    assert.equal(window.activeTextEditor?.document.languageId, 'c');
  });

  it('says of a form of the CA without room for notes what they would say, and shows them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-tls-'));
    try {
      const file = Uri.file(join(folder, 'ca_cert.der'));
      const wants = 'has to verify one of the broker’s names.';
      for (const [format, target, done, length] of [
        ['der', undefined, 'Saved ca_cert.der. ', 'It is DER: ESP-IDF wants the number of its bytes'],
        [
          'nvsCsv',
          'clipboard',
          'Copied the CA certificate. ',
          'It is DER: ESP-IDF wants the number of its bytes',
        ],
        ['pem', 'editor', '', 'ESP-IDF takes 0 for its certificate_len, or a number that counts the zero'],
      ] as const) {
        const answers: unknown[] = [format, target ?? 'file'];
        const listener = new Listener(
          api,
          {},
          {
            pick: async () => ({ kind: 'answered', value: answers.shift() as never }), // as above
            saveAs: async () => file,
          },
        );
        await run(commandIds.exportCaCertificate);
        const { message, buttons } = await listener.said(wants);
        assert.ok(message.startsWith(`${done}This form has no room for notes`), message);
        assert.ok(message.includes(length), message);
        assert.deepEqual(buttons, ['Show What a Board Needs']);
      }
      await commands.executeCommand('workbench.action.closeAllEditors');
      const page = next(window.tabGroups.onDidChangeTabs, ({ opened }) =>
        opened.some(({ label }) => label.includes('TLS for your board')),
      );
      const answers: unknown[] = ['base64', 'clipboard'];
      const pick = async () => ({ kind: 'answered' as const, value: answers.shift() as never }); // as above
      new Listener(api, { [wants]: 'Show What a Board Needs' }, { pick });
      await run(commandIds.exportCaCertificate);
      await page;
      const authority = await api.services.developmentCa.authority();
      assert.deepEqual(readFileSync(file.fsPath), new X509Certificate(authority?.certificate ?? '').raw);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives a device its certificate and key as two literals of C', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-tls-'));
    try {
      const file = join(folder, 'board-1.c');
      const answers: unknown[] = ['ec', 365, 'cString'];
      const listener = new Listener(
        api,
        {},
        {
          text: async () => ({ kind: 'answered', value: 'board-1' }),
          pick: async () => ({ kind: 'answered', value: answers.shift() as never }), // as above
          saveAs: async () => Uri.file(file),
        },
      );
      await run(commandIds.newClientCertificate);
      await listener.said('The certificate of board-1 and its private key are saved');
      const text = readFileSync(file, 'utf8');
      assert.match(
        text,
        /^\/\*\n \* Client certificate of the device board-1 .*\* The private key is a secret: /s,
      );
      const [certificate = '', key = '', ...rest] = text.split('\n\n').map(readLiteral);
      assert.deepEqual(rest, []);
      assert.match(new X509Certificate(certificate).subject, /^CN=board-1$/m);
      assert.ok(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes neither the certificate nor the key of a device while one of them can not be', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-tls-'));
    const file = (name: string) => Uri.file(join(folder, name));
    /** Runs it; resolves with the message. @param targets where to, as asked one after the other. */
    const save = async (targets: (Uri | undefined)[], message: string) => {
      const answers: unknown[] = ['ec', 365, 'der'];
      const listener = new Listener(
        api,
        {},
        {
          text: async () => ({ kind: 'answered', value: 'board-1' }),
          pick: async () => ({ kind: 'answered', value: answers.shift() as never }), // as above
          saveAs: async () => targets.shift(),
        },
      );
      await run(commandIds.newClientCertificate);
      if (message !== '') await listener.said(message);
      assert.deepEqual(targets, [], 'each was asked for');
    };
    try {
      await save([file('cert.der'), undefined], '');
      assert.deepEqual(readdirSync(folder), []);
      await save([file('cert.der'), file('gone/key.der')], 'key.der was not saved: its folder is not there');
      assert.deepEqual(readdirSync(folder), []);
      await save(
        [file('cert.der'), file('Cert.der'), undefined],
        'The certificate goes into this file already',
      );
      assert.deepEqual(readdirSync(folder), []);
      await save([file('cert.der'), file('key.der')], 'its private key are saved in two files');
      assert.deepEqual(readdirSync(folder), ['cert.der', 'key.der']);
      const certificate = new X509Certificate(readFileSync(join(folder, 'cert.der')));
      const key = { key: readFileSync(join(folder, 'key.der')), format: 'der', type: 'pkcs8' } as const;
      assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes with the CA, which is deleted only when the person agrees', async () => {
    await startBroker(api);
    assert.ok(ownPort());
    new Listener(api, {}, { mayLose: async () => false });
    await run(commandIds.deleteDevelopmentCa);
    assert.ok(await api.services.developmentCa.authority());
    new Listener(api, {}, { mayLose: async () => true });
    await run(commandIds.deleteDevelopmentCa);
    assert.equal(await api.services.developmentCa.authority(), undefined);
    assert.equal(api.services.settings.current.tls.isOn, false);
    assert.equal(api.services.broker.state.kind, 'running');
    assert.equal(ownPort(), undefined);
  });
});
