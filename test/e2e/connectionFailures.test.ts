/**
 * The usual failures of a connection, as the form's test tells them: what happened, what it means, and the button that
 * helps.
 *
 * The tests are one story: each goes on with the form as the one before it left it.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { ConnectionFormPage } from '../host/connectionFormPage.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';

const skip = skipUnless('chromium', 'mosquitto');
const fixture = (name: string): string => inRepository(`test/fixtures/tls/${name}`);

describe('the usual failures of a connection', { skip }, () => {
  const window = useVscodeWindow();
  const owner = ownedBySuite();
  const ports = { plain: 0, secure: 0, nobody: 0 };
  let form: ConnectionFormPage;

  before(async () => {
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    await MosquittoBroker.start(owner, {
      configuration: [
        `listener ${ports.plain} 127.0.0.1`,
        ...[`listener ${ports.secure} 127.0.0.1`, `certfile ${fixture('server.crt')}`],
        `keyfile ${fixture('server.key')}`,
      ],
    });
  });

  /** Answers each CONNECT with this reason code of MQTT 5.0. */
  async function refusingServer(reasonCode: number): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(Uint8Array.of(0x20, 3, 0, reasonCode, 0)));
    });
    owner.after(async () => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port; // listening: it has one
  }

  /** @param address as it is pasted. */
  async function fails(address: string, ...words: readonly (string | RegExp)[]): Promise<void> {
    await form.fill('Host', address);
    await form.button('Test Connection').click();
    for (const each of words) await waitForText(form.frame.locator('.step'), each);
    await waitForText(form.summary, 'The connection does not work.');
  }

  test('nobody listens there', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    await workbench.runCommand('MQTT: Add Connection…');
    form = await ConnectionFormPage.open(workbench, 'New Connection');
    await fails(`mqtt://127.0.0.1:${ports.nobody}`, 'Nothing listens at');
    await window.screenshot('connection-failure-nobody');
  });

  test('the port has no TLS: one click away', async () => {
    await fails(`mqtts://127.0.0.1:${ports.plain}`, 'Is this its port for TLS, often 8883?');
    await window.screenshot('connection-failure-no-tls');
    await form.button('Connect without TLS').click();
    await waitForText(form.summary, 'The connection works.');
  });

  test('the certificate is for another name', async () => {
    await form.fill('Host', `mqtts://127.0.0.1:${ports.secure}`);
    await form.fill('Certificate of the authority (CA)', fixture('ca.crt'));
    await form.unfold('More for TLS');
    await form.fill('Server name', 'broker.example');
    await form.button('Test Connection').click();
    await waitForText(
      form.frame.locator('.step'),
      /The certificate is for localhost.* and not for broker\.example, as “Server name” says/,
    );
    await waitForText(form.summary, 'The connection does not work.');
    await window.screenshot('connection-failure-other-name');
    await form
      .button(/^Go to: /)
      .last()
      .click();
    await form.frame.locator('#field-tls-serverName:focus').waitFor();
    await form.fill('Server name', '');
  });

  test('the client id is refused', async () => {
    await fails(`mqtt://127.0.0.1:${await refusingServer(0x85)}`, /client id/i);
    await window.screenshot('connection-failure-client-id');
    await form.button('Go to: Client id').click();
    await form.frame.locator('#field-clientId:focus').waitFor();
  });

  test('the version of MQTT is refused', async () => {
    await fails(`mqtt://127.0.0.1:${await refusingServer(0x84)}`, /MQTT 5\.0/);
    await window.screenshot('connection-failure-version');
    await form.button('Use MQTT 3.1.1').waitFor();
  });

  test('the user is not authorised', async () => {
    await fails(`mqtt://127.0.0.1:${await refusingServer(0x87)}`, /not allowed|not authori[sz]ed|may not/i);
    await window.screenshot('connection-failure-not-authorised');
    await window.setTheme('dark');
    await window.screenshot('connection-failure-dark');
  });
});
