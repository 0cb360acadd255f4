#pragma once
#include <zephyr/kernel.h>

#define ZSOCK_POLLIN 1

struct zsock_pollfd {
	int fd;
	short events;
	short revents;
};

struct net_sockaddr;

struct zsock_addrinfo {
	struct zsock_addrinfo *ai_next;
	int ai_flags;
	int ai_family;
	int ai_socktype;
	int ai_protocol;
	int ai_eflags;
	size_t ai_addrlen;
	struct net_sockaddr *ai_addr;
	char *ai_canonname;
};

int zsock_getaddrinfo(const char *host, const char *service, const struct zsock_addrinfo *hints,
		      struct zsock_addrinfo **res);
void zsock_freeaddrinfo(struct zsock_addrinfo *ai);
int zsock_poll(struct zsock_pollfd *fds, int nfds, int timeout);
