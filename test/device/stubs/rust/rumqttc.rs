//! rumqttc 0.25.1, as far as the code calls it. Compiled, never run.
#![allow(unused_variables)]

use std::fmt;
use std::time::Duration;

#[derive(Debug, Clone, Copy)]
pub enum QoS {
    AtMostOnce = 0,
    AtLeastOnce = 1,
    ExactlyOnce = 2,
}

pub struct LastWill;

impl LastWill {
    pub fn new(topic: impl Into<String>, payload: impl Into<Vec<u8>>, qos: QoS, retain: bool) -> LastWill {
        unimplemented!()
    }
}

pub struct Transport;

impl Transport {
    pub fn tls(ca: Vec<u8>, client_auth: Option<(Vec<u8>, Vec<u8>)>, alpn: Option<Vec<Vec<u8>>>) -> Self {
        unimplemented!()
    }
}

pub struct MqttOptions;

impl MqttOptions {
    pub fn new<S: Into<String>, T: Into<String>>(id: S, host: T, port: u16) -> MqttOptions {
        unimplemented!()
    }
    pub fn set_last_will(&mut self, will: LastWill) -> &mut Self {
        unimplemented!()
    }
    pub fn set_transport(&mut self, transport: Transport) -> &mut Self {
        unimplemented!()
    }
    pub fn set_keep_alive(&mut self, duration: Duration) -> &mut Self {
        unimplemented!()
    }
    pub fn set_max_packet_size(&mut self, incoming: usize, outgoing: usize) -> &mut Self {
        unimplemented!()
    }
    pub fn set_credentials<U: Into<String>, P: Into<String>>(&mut self, username: U, password: P) -> &mut Self {
        unimplemented!()
    }
}

#[derive(Debug)]
pub struct ClientError;

#[derive(Debug)]
pub struct ConnectionError;

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

#[derive(Debug)]
pub struct ConnAck;

/// `payload` is of the crate bytes, of which a slice of bytes is what the code sees.
#[derive(Debug)]
pub struct Publish {
    pub dup: bool,
    pub qos: QoS,
    pub retain: bool,
    pub topic: String,
    pub pkid: u16,
    pub payload: Vec<u8>,
}

#[derive(Debug)]
pub enum Packet {
    ConnAck(ConnAck),
    Publish(Publish),
    PingResp,
}

#[derive(Debug)]
pub enum Event {
    Incoming(Packet),
    Outgoing(()),
}

#[derive(Clone)]
pub struct Client;

impl Client {
    pub fn new(options: MqttOptions, cap: usize) -> (Client, Connection) {
        unimplemented!()
    }
    pub fn try_publish<S, V>(&self, topic: S, qos: QoS, retain: bool, payload: V) -> Result<(), ClientError>
    where
        S: Into<String>,
        V: Into<Vec<u8>>,
    {
        unimplemented!()
    }
    pub fn try_subscribe<S: Into<String>>(&self, topic: S, qos: QoS) -> Result<(), ClientError> {
        unimplemented!()
    }
}

pub struct Connection;

impl Connection {
    pub fn iter(&mut self) -> Iter<'_> {
        unimplemented!()
    }
}

pub struct Iter<'a> {
    pub connection: &'a mut Connection,
}

impl Iterator for Iter<'_> {
    type Item = Result<Event, ConnectionError>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}
