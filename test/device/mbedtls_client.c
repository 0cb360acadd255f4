/*
 * A board's TLS, as small as it gets: mbedTLS connects, verifies the broker with a CA from a file, says CONNECT, and
 * prints the CONNACK. Exits with 0 when it was let in, with 2 when the handshake failed, whose reason it prints.
 *
 * mbedtls_client ADDRESS PORT NAME CA.pem [CLIENT.pem CLIENT.key]
 *
 * NAME is what the certificate has to be for; empty: none is checked, and none asked for. CA.pem may be empty, too: the
 * board has none, and trusts nobody.
 */
#include <stdio.h>
#include <string.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

/* CONNECT, remaining length 17, "MQTT", version 4, clean session, keep alive 60, client id "board" */
static const unsigned char CONNECT[] = "\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05" "board";

static int fail(const char *what, int error)
{
    char text[200];
    mbedtls_strerror(error, text, sizeof text);
    fprintf(stderr, "%s: %s (-0x%04x)\n", what, text, (unsigned)-error);
    return 1;
}

int main(int argc, char **argv)
{
    mbedtls_net_context net;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt ca, certificate;
    mbedtls_pk_context key;
    unsigned char connack[4];
    int error;

    if (argc < 5) return 1;
    mbedtls_net_init(&net);
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_init(&config);
    mbedtls_x509_crt_init(&ca);
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
    if ((error = mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0)) != 0)
        return fail("random", error);
    if (argv[4][0] != 0 && (error = mbedtls_x509_crt_parse_file(&ca, argv[4])) != 0) return fail("CA", error);
    if ((error = mbedtls_net_connect(&net, argv[1], argv[2], MBEDTLS_NET_PROTO_TCP)) != 0)
        return fail("connect", error);
    mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
    if (argv[4][0] != 0) mbedtls_ssl_conf_ca_chain(&config, &ca, NULL);
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
    if (argc > 6) {
        if ((error = mbedtls_x509_crt_parse_file(&certificate, argv[5])) != 0) return fail("certificate", error);
        if ((error = mbedtls_pk_parse_keyfile(&key, argv[6], NULL)) != 0) return fail("key", error);
        mbedtls_ssl_conf_own_cert(&config, &certificate, &key);
    }
    if ((error = mbedtls_ssl_setup(&ssl, &config)) != 0) return fail("setup", error);
    if (argv[3][0] != 0) mbedtls_ssl_set_hostname(&ssl, argv[3]);
    mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
    if ((error = mbedtls_ssl_handshake(&ssl)) != 0) {
        char why[400];
        mbedtls_x509_crt_verify_info(why, sizeof why, "", mbedtls_ssl_get_verify_result(&ssl));
        fail(why, error);
        /* The alert is on its way: a reset would overtake it. */
        mbedtls_net_close(&net);
        return 2;
    }
    if ((error = mbedtls_ssl_write(&ssl, CONNECT, sizeof CONNECT - 1)) < 0) return fail("write", error);
    if ((error = mbedtls_ssl_read(&ssl, connack, sizeof connack)) < 0) return fail("read", error);
    printf("%s CONNACK %02x %02x %02x %02x\n", mbedtls_ssl_get_ciphersuite(&ssl), connack[0], connack[1],
           connack[2], connack[3]);
    mbedtls_ssl_close_notify(&ssl);
    mbedtls_net_close(&net);
    return 0;
}
