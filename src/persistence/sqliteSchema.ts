/**
 * The file's format: its tables, its version, and the way from each version to the next.
 *
 * A released step is never edited: files made by it exist. To change the format is to add a step, and the reading and
 * writing of what it adds.
 *
 * There are no foreign keys and no indexes beside the primary keys: rows that belong to a session lie together, and how
 * many refer to a message is counted in memory (sqlitePersistence.ts), so that a message costs two inserts and two
 * deletes.
 */
import type { DatabaseSync } from 'node:sqlite';

/** `MQTT` in ASCII: tells this file from any other program's, also to file(1). */
export const APPLICATION_ID = 0x4d51_5454;

/** Step i leads from version i to version i + 1. Version 0 is an empty file. */
const steps: readonly string[] = [
  `
  CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    protocol_version INTEGER NOT NULL,
    username TEXT,
    expiry_seconds INTEGER NOT NULL,
    -- Wall clock; null while connected, and so after a crash.
    disconnected_at_ms INTEGER,
    -- The will: all null but the properties, or none.
    will_topic TEXT,
    will_payload BLOB,
    will_qos INTEGER,
    will_retain INTEGER,
    will_properties BLOB
  ) STRICT;

  CREATE TABLE subscription (
    session_id INTEGER NOT NULL,
    topic_filter TEXT NOT NULL,
    qos INTEGER NOT NULL,
    no_local INTEGER NOT NULL,
    retain_as_published INTEGER NOT NULL,
    retain_handling INTEGER NOT NULL,
    subscription_identifier INTEGER,
    PRIMARY KEY (session_id, topic_filter)
  ) STRICT, WITHOUT ROWID;

  -- One row for all sessions that it waits for, and for its topic if it is retained there.
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    -- As in a PUBLISH of MQTT 5.0, section 2.2.2, the length included; null for none.
    properties BLOB,
    -- Null for the broker's own.
    publisher TEXT,
    received_at_ms INTEGER NOT NULL
  ) STRICT;

  -- Apart from the message: to replace a retained message must not rewrite the payload of the old one.
  CREATE TABLE retained (
    message_id INTEGER PRIMARY KEY
  ) STRICT;

  CREATE TABLE delivery (
    session_id INTEGER NOT NULL,
    -- Ascends in the order of delivery.
    id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    is_retained_replay INTEGER NOT NULL,
    -- Separated by commas; null for none.
    subscription_identifiers TEXT,
    -- 0 queued, 1 published, 2 released.
    state INTEGER NOT NULL,
    packet_id INTEGER NOT NULL,
    -- The shared subscription that it came by, as its client wrote it; null for a plain one.
    shared_filter TEXT,
    PRIMARY KEY (session_id, id)
  ) STRICT, WITHOUT ROWID;

  -- QoS 2 messages from the client whose PUBREL has not come.
  CREATE TABLE incoming (
    session_id INTEGER NOT NULL,
    packet_id INTEGER NOT NULL,
    PRIMARY KEY (session_id, packet_id)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Of the files that this program writes; it reads all up to it. */
export const FORMAT_VERSION = steps.length;

/** Brings a file to FORMAT_VERSION, in one transaction. */
export function migrate(database: DatabaseSync, fromVersion: number): void {
  if (fromVersion === FORMAT_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  for (const step of steps.slice(fromVersion)) database.exec(step);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  database.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
  database.exec('COMMIT');
}
