/** The host side of the form of a connection: what it does with what the page says, and with what fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../../src/base/event.ts';
import type {
  ChangedForm,
  ConnectionFormToExtension,
  ExtensionToConnectionForm,
} from '../../../../src/contracts/connectionForm.ts';
import type { ServerCertificateInfo } from '../../../../src/contracts/remoteBrokers.ts';
import { Connections } from '../../../../src/extension/connections/connections.ts';
import { draftOf, type Entry } from '../../../../src/extension/connections/profileDraft.ts';
import type { Secrets } from '../../../../src/extension/connections/profileSecrets.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import type { ConnectionFormOptions } from '../../../../src/extension/panels/connectionForm.ts';
import { FakeClock } from '../../../support/fakeClock.ts';
import { lastPanel } from '../../../support/panelsOfExtension.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const { ConnectionForm, contentOf } = await import('../../../../src/extension/panels/connectionForm.ts');

const entry: Entry = { name: 'Gateway', url: 'mqtts://gateway', username: 'dev' };
const certificate = (fingerprint: string): ServerCertificateInfo => ({
  ...{ fingerprint, subject: 'gateway', issuer: 'gateway', names: '' },
  ...{ validFrom: 'Jan  1 00:00:00 2026 GMT', validTo: 'Jan  1 00:00:00 2036 GMT' },
});

/** What is done to settings and secrets is in `done`, in its order. */
async function setUp(others: Partial<ConnectionFormOptions> = {}, opened: Entry = entry) {
  let thread: FakeEngineThread | undefined;
  const engine = new EngineClient((handlers) => {
    thread = new FakeEngineThread(handlers);
    return thread;
  });
  const connections = new Connections({
    ...{ engine, profiles: () => [], onDidChangeProfiles: new Emitter<void>().event },
    ...{ userName: 'me', randomDigits: () => '1' },
  });
  const done: string[] = [];
  let lastTestId = 0;
  const failures: unknown[] = [];
  const saved: { fails: boolean } = { fails: false };
  const place = { scope: 'user', index: 0, name: 'Gateway', entry: opened } as const;
  const options = {
    ...{ extensionUri: {}, engine, connections, clock: new FakeClock() },
    connectionSettings: {
      onDidChange: new Emitter<void>().event,
      entries: [place],
      hasWorkspace: false,
      surroundings: { isTrusted: true, folder: undefined, home: '/home/me' },
      put: async () => {
        if (saved.fails) throw new Error('settings.json has errors');
        done.push('put');
      },
    },
    profileSecrets: {
      of: async () => ({}),
      store: async () => void done.push('store'),
      forget: async () => void done.push('forget'),
    },
    inBackground: (work: Promise<unknown>) => void work.catch((error: unknown) => failures.push(error)),
    nextTestId: () => ++lastTestId,
    ...others,
  } as unknown as ConnectionFormOptions; // what is not called is left out
  new ConnectionForm(options, contentOf(place));
  const panel = await lastPanel<ConnectionFormToExtension, ExtensionToConnectionForm>();
  const theThread = (): FakeEngineThread => {
    assert.ok(thread !== undefined);
    return thread;
  };
  return { panel, done, failures, saved, thread: theThread };
}

const form = (secrets: ChangedForm['secrets'] = {}, of: Entry = entry): ChangedForm => ({
  draft: draftOf(of, 'user'),
  secrets,
});

const locked = {
  of: async () => {
    throw new Error('locked');
  },
} as unknown as ConnectionFormOptions['profileSecrets']; // what is called

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

test('a password is kept before the profile is in the settings: who connects it then has it', async () => {
  const { panel, done } = await setUp();
  panel.receive({ kind: 'save', form: form({ password: 'x' }), connects: false });
  await turns();
  assert.deepEqual(done, ['store', 'put']);
  assert.ok(panel.posted.some(({ kind }) => kind === 'saved'));
});

test('a copy that gets a name of its own leaves the connection and the secrets of the other alone', async () => {
  const copy: Entry = { ...entry, keepAliveSeconds: 9 };
  const place = { scope: 'user', index: 0, name: 'Gateway', entry } as const;
  const done: string[] = [];
  const connectionSettings = {
    ...{ onDidChange: new Emitter<void>().event, hasWorkspace: false },
    entries: [place, { ...place, index: 1, entry: copy }],
    surroundings: { isTrusted: true, folder: undefined, home: '/home/me' },
    put: async (put: Entry) => void done.push(`put ${String(put.name)}`),
  } as unknown as ConnectionFormOptions['connectionSettings']; // what is called
  const profileSecrets = {
    of: async () => ({ password: 'x' }),
    store: async () => void done.push('store'),
    forget: async () => void done.push('forget'),
  } as unknown as ConnectionFormOptions['profileSecrets']; // what is called
  const { panel, thread } = await setUp({ connectionSettings, profileSecrets }, entry);
  panel.receive({ kind: 'save', form: form({}, { ...entry, name: 'Lab' }), connects: false });
  await turns();
  assert.deepEqual(done, ['store', 'put Lab']);
  assert.throws(thread); // The engine was asked nothing.
});

test('a password stays kept where the profile was mended in the form', async () => {
  const stored: Secrets[] = [];
  const owners: unknown[] = [];
  const profileSecrets = {
    of: async (owner: unknown) => {
      owners.push(owner);
      return { password: 'x' };
    },
    store: async (_: unknown, secrets: Secrets) => void stored.push(secrets),
    forget: async () => {},
  } as unknown as ConnectionFormOptions['profileSecrets']; // what is called
  const { panel } = await setUp({ profileSecrets }, { ...entry, keepAliveSeconds: -1 });
  panel.receive({ kind: 'save', form: form({}, entry), connects: false });
  await turns();
  assert.deepEqual(stored, [{ password: 'x' }]);
  const { name, url, username } = owners.at(-1) as typeof entry;
  assert.deepEqual({ name, url, username }, entry);
});

test('what has no place in the profile any more is not kept with it', async () => {
  const stored: Secrets[] = [];
  const kept: Secrets = { password: 'x', passphrase: 'y', requestSecret: 'z', proxyPassword: 'w' };
  const profileSecrets = {
    of: async () => kept,
    store: async (_: unknown, secrets: Secrets) => void stored.push(secrets),
    forget: async () => {},
  } as unknown as ConnectionFormOptions['profileSecrets']; // what is called
  const full: Entry = {
    ...{ name: 'Gateway', url: 'wss://gateway/', username: 'dev', headers: { Authorization: '{secret}' } },
    ...{ tls: { certificate: '/me.crt', key: '/me.key' }, proxy: { url: 'http://proxy', username: 'me' } },
  };
  const saveAs = async (changed: Entry): Promise<Secrets | undefined> => {
    const { panel } = await setUp({ profileSecrets }, full);
    panel.receive({ kind: 'save', form: form({}, changed), connects: false });
    await turns();
    return stored.pop();
  };
  const { passphrase: _p, ...withoutKey } = kept;
  const { requestSecret: _h, ...withoutHeaders } = kept;
  const { proxyPassword: _w, ...withoutProxy } = kept;
  assert.deepEqual(await saveAs({ ...full, icon: 'globe' }), kept);
  assert.deepEqual(await saveAs({ ...full, tls: {} }), withoutKey);
  assert.deepEqual(await saveAs({ ...full, headers: {} }), withoutHeaders);
  assert.deepEqual(await saveAs({ ...full, headers: {}, url: 'wss://gateway/?token={secret}' }), kept);
  assert.deepEqual(await saveAs({ ...full, proxy: undefined }), withoutProxy);
});

test('what is typed while it is saved is held, and the form is changed by it', async () => {
  let write: () => void = () => {};
  const writing = new Promise<void>((resolve) => {
    write = resolve;
  });
  const { panel } = await setUp({
    connectionSettings: {
      ...{ onDidChange: new Emitter<void>().event, hasWorkspace: false },
      entries: [{ scope: 'user', index: 0, name: 'Gateway', entry: { ...entry, icon: 'globe' } }],
      surroundings: { isTrusted: true, folder: undefined, home: '/home/me' },
      put: () => writing,
    } as unknown as ConnectionFormOptions['connectionSettings'], // what is called
  });
  const saving = form({ password: 'x' }, { ...entry, icon: 'globe' });
  panel.receive({ kind: 'save', form: saving, connects: false });
  await turns();
  const later = form({ password: 'x', passphrase: 'y' }, { ...entry, icon: 'flame' });
  panel.receive({ kind: 'changed', revision: 2, form: later });
  await turns();
  write();
  await turns();
  const saved = panel.posted.find(({ kind }) => kind === 'saved');
  assert.ok(saved?.kind === 'saved');
  assert.equal(saved.init.draft.texts.icon, 'globe');
  assert.equal(panel.title, '● Connection Gateway');
  // As a page that was hidden meanwhile is told.
  panel.receive({ kind: 'ready' });
  await turns();
  const init = panel.posted.findLast(({ kind }) => kind === 'init');
  assert.ok(init?.kind === 'init');
  assert.equal(init.init.draft.texts.icon, 'flame');
  assert.deepEqual([init.init.secrets.password, init.init.secrets.passphrase], ['none', 'typed']);
});

test('one that is connected and renamed goes on, and where it can not, nothing is saved', async () => {
  const asked: string[] = [];
  const fake = (outcome: string): Partial<ConnectionFormOptions> => ({
    connections: {
      rename: async (name: string, to: string, write: () => Promise<void>) => {
        asked.push(`${name} → ${to}`);
        if (outcome === 'renamed') await write();
        return outcome;
      },
      named: () => ({ state: { kind: 'connected' } }),
    } as unknown as ConnectionFormOptions['connections'], // what is called
  });
  const hall = { ...entry, name: 'Hall' };
  const save = async (outcome: string, changed: Entry = hall) => {
    const { panel, done } = await setUp(fake(outcome));
    panel.receive({ kind: 'save', form: form({}, changed), connects: false });
    await turns();
    const [said] = panel.posted.flatMap((each) => ('message' in each ? [each.message] : []));
    return { said, done };
  };
  const renamed = await save('renamed');
  assert.equal(renamed.said, 'Saved. The connection goes on under the new name.');
  const more = await save('renamed', { ...hall, keepAliveSeconds: 9 });
  assert.match(more.said ?? '', /goes on under the new name; the rest takes effect/);
  for (const [outcome, words] of [
    ['connecting', 'Gateway is just being connected'],
    ['taken', 'Hall is in Connections still'],
  ] as const) {
    const { said, done } = await save(outcome);
    assert.match(said ?? '', new RegExp(`^Not saved: ${words}`));
    assert.deepEqual(done, []);
  }
  assert.ok(asked.every((each) => each === 'Gateway → Hall'));
  asked.length = 0;
  await save('renamed', { ...entry, icon: 'globe' });
  assert.deepEqual(asked, []);
});

test('settings that can not be written are told, and the form can be saved again', async () => {
  const { panel, failures, saved } = await setUp();
  saved.fails = true;
  panel.receive({ kind: 'save', form: form({ password: 'x' }), connects: false });
  await turns();
  assert.deepEqual(
    panel.posted.filter(({ kind }) => kind === 'outcome'),
    [{ kind: 'outcome', ok: false, message: 'Not saved: settings.json has errors' }],
  );
  assert.equal(failures.length, 1);
});

test('the certificate that was agreed to is trusted, and not one that a later test was shown', async () => {
  const [first, second] = ['AA', 'BB'].map((byte) => certificate(Array(32).fill(byte).join(':'))) as [
    ServerCertificateInfo,
    ServerCertificateInfo,
  ];
  let agree: (may: boolean) => void = () => {};
  const mayTrust = (shown: ServerCertificateInfo) =>
    new Promise<boolean>((resolve) => {
      assert.equal(shown, first);
      agree = resolve;
    });
  const { panel, thread, failures } = await setUp({ mayTrust });
  const tested = async (shown: ServerCertificateInfo): Promise<void> => {
    panel.receive({ kind: 'test', form: form() });
    await turns();
    const fault = { stage: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT', certificate: shown };
    thread().answer({ steps: [], stage: 'tls', end: { kind: 'failed', message: 'not trusted', fault } });
    await turns();
  };
  await tested(first);
  panel.receive({ kind: 'trust' });
  await turns();
  await tested(second);
  agree(true);
  await turns();
  assert.deepEqual(failures, []);
  assert.deepEqual(
    panel.posted.filter(({ kind }) => kind === 'filled'),
    [{ kind: 'filled', field: 'tls.fingerprint', text: first.fingerprint }],
  );
});

test('a test that is asked for twice is made once, and one whose secrets can not be read is told', async () => {
  const { panel, thread } = await setUp();
  panel.receive({ kind: 'test', form: form() });
  panel.receive({ kind: 'test', form: form() });
  await turns();
  assert.equal(thread().requests.filter(({ method }) => method === 'testConnection').length, 1);
  const other = await setUp({ profileSecrets: locked });
  other.panel.receive({ kind: 'test', form: form() });
  await turns();
  assert.deepEqual(other.panel.posted, [{ kind: 'outcome', ok: false, message: 'Not tested: locked' }]);
});

test('a form whose secrets can not be read is shown, and says so', async () => {
  const { panel } = await setUp({ profileSecrets: locked });
  panel.receive({ kind: 'ready' });
  await turns();
  assert.deepEqual(
    panel.posted.map(({ kind }) => kind),
    ['outcome', 'init', 'checked'],
  );
});
