/** Rust with rumqttc 0.25: a package of cargo. Pure. */
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, WILL_NOTE } from './notes.ts';
import { commentLines, rustText, sourceOf } from './sourceText.ts';

export function rust(settings: ConnectionSettings): SourceFile[] {
  const project = sourceOf(
    '[package]',
    'name = "board"',
    'version = "0.1.0"',
    'edition = "2021"',
    '',
    '[dependencies]',
    settings.tls
      ? 'rumqttc = "0.25"'
      : [
          '# Without TLS. With it, leave default-features away.',
          'rumqttc = { version = "0.25", default-features = false }',
        ],
  );
  return [
    { name: 'Cargo.toml', text: project },
    { name: 'src/main.rs', text: mainText(settings) },
  ];
}

function mainText(settings: ConnectionSettings): string {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const isIpv6 = host.includes(':');
  return sourceOf(
    commentLines(
      '//',
      'Connects to the broker, says "online", and listens to commands. For rumqttc 0.25, with the Cargo.toml beside it.',
    ),
    `use rumqttc::{Client, Event, LastWill, MqttOptions, Packet, QoS${caPem ? ', Transport' : ''}};`,
    'use std::sync::atomic::{AtomicBool, Ordering};',
    'use std::thread;',
    'use std::time::{Duration, Instant};',
    '',
    isIpv6 &&
      commentLines(
        '//',
        'rumqttc wants the brackets of an IPv6 address, and can verify none: for TLS, use the name.',
      ),
    `const BROKER_HOST: &str = ${rustText(isIpv6 ? `[${host}]` : host)};`,
    `const BROKER_PORT: u16 = ${port};`,
    login && [
      `const BROKER_USERNAME: &str = ${rustText(login.username)}; // change`,
      `const BROKER_PASSWORD: &str = ${rustText(login.password)}; // change`,
    ],
    commentLines('//', CLIENT_ID_NOTE),
    `const CLIENT_ID: &str = ${rustText(clientId)};`,
    `const TOPIC_STATUS: &str = ${rustText(topics.status)};`,
    `const TOPIC_UPTIME: &str = ${rustText(topics.uptime)};`,
    `const TOPIC_COMMAND: &str = ${rustText(topics.command)};`,
    commentLines('//', KEEP_ALIVE_NOTE),
    `const KEEP_ALIVE: Duration = Duration::from_secs(${KEEP_ALIVE_SECONDS});`,
    caPem && [
      ...certificateNotes(settings, {
        ownGoesInto: 'Transport::tls() in place of the first None: Some((certificate, key)), as PEM',
      }).flatMap((note) => commentLines('//', note)),
      'const CA_PEM: &str = "\\',
      ...caPem
        .trimEnd()
        .split('\n')
        .map((line) => `${rustText(line).slice(1, -1)}\\n\\`),
      '";',
    ],
    '',
    'static IS_CONNECTED: AtomicBool = AtomicBool::new(false);',
    '',
    `fn publish_uptime(client: Client) {
    let started_at = Instant::now();
    loop {
        thread::sleep(Duration::from_secs(10));
        // Without a connection it would stay in the queue, which is short.
        if IS_CONNECTED.load(Ordering::Relaxed) {
            let uptime = started_at.elapsed().as_secs().to_string();
            let _ = client.try_publish(TOPIC_UPTIME, QoS::AtMostOnce, false, uptime);
        }
    }
}
`,
    'fn main() {',
    '    let mut options = MqttOptions::new(CLIENT_ID, BROKER_HOST, BROKER_PORT);',
    '    options.set_keep_alive(KEEP_ALIVE);',
    login && '    options.set_credentials(BROKER_USERNAME, BROKER_PASSWORD);',
    caPem && '    options.set_transport(Transport::tls(CA_PEM.into(), None, None));',
    commentLines('    //', WILL_NOTE),
    `    options.set_last_will(LastWill::new(TOPIC_STATUS, "offline", QoS::AtLeastOnce, true));
    // Bytes of a packet, in and out. A larger one ends the connection; 10 KiB unless set.
    options.set_max_packet_size(64 * 1024, 64 * 1024);

    let (client, mut connection) = Client::new(options, 10);
    let publisher = client.clone();
    thread::spawn(move || publish_uptime(publisher));
    // Pings, and reconnects after an error, as long as it is asked for the next event.
    for event in connection.iter() {
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                // Not publish() and subscribe(), which would wait here for this loop.
                client
                    .try_publish(TOPIC_STATUS, QoS::AtLeastOnce, true, "online")
                    .expect("room in the queue");
                client
                    .try_subscribe(TOPIC_COMMAND, QoS::AtLeastOnce)
                    .expect("room in the queue");
                IS_CONNECTED.store(true, Ordering::Relaxed);
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                println!("{}: {}", message.topic, String::from_utf8_lossy(&message.payload));
            }
            Ok(_) => {}
            Err(error) => {
                IS_CONNECTED.store(false, Ordering::Relaxed);
                eprintln!("no connection: {error}");
                thread::sleep(Duration::from_secs(2));
            }
        }
    }
}`,
  );
}
