// What the codes of Node's network errors mean: which fault each is, what happened to the target, and what to check next.

import type { FaultCode, FaultReason } from '../../model/values/fault.ts'

export interface NetworkMeaning {
  readonly code: FaultCode
  /** What follows the target's name in the message. */
  readonly description: string
  readonly hint: string
  readonly reason?: FaultReason
}

export const NO_ROUTE = 'Check the address, the network of this host, and the firewalls in between.'

const OWN_MEMORY = 'Find what uses the memory of this host; pgdeck asks again with the next poll.'

export const NETWORK_MEANINGS: Readonly<Record<string, NetworkMeaning>> = {
  ECONNREFUSED: {
    code: 'refused',
    description: 'refuses connections: nothing listens on that port',
    hint: 'Check that the service runs and listens on this address and port.',
  },
  ETIMEDOUT: {
    code: 'timeout',
    description: 'does not answer: the connection timed out',
    hint: 'Check that the host is up and that no firewall drops packets to this port.',
  },
  EHOSTUNREACH: { code: 'unreachable', description: 'is unreachable: no route to the host', hint: NO_ROUTE },
  EHOSTDOWN: { code: 'unreachable', description: 'is unreachable: the host is down', hint: NO_ROUTE },
  ENETUNREACH: { code: 'unreachable', description: 'is unreachable: no route to its network', hint: NO_ROUTE },
  ENETDOWN: { code: 'unreachable', description: 'is unreachable: the network of this host is down', hint: NO_ROUTE },
  EADDRNOTAVAIL: {
    code: 'local',
    description: 'was not asked: this host has no free address or port to use for it',
    hint: 'Check the addresses of this host, and how many connections it holds (ss -s, net.ipv4.ip_local_port_range).',
  },
  EAFNOSUPPORT: {
    code: 'local',
    description: 'was not asked: this host does not support this kind of address',
    hint: 'Use an address of the other family (IPv4, IPv6), or turn this one on.',
  },
  EACCES: {
    code: 'local',
    description: 'was not asked: this user may not connect to it',
    hint: 'Check the local firewall and, for a socket, the permissions of its folder.',
  },
  EPERM: {
    code: 'local',
    description: 'was not asked: this host does not allow this connection',
    hint: 'Check the local firewall and the restrictions of the service that runs pgdeck.',
  },
  EMFILE: {
    code: 'local',
    description: 'was not asked: pgdeck has no file descriptor left',
    hint: 'Raise the limit of open files for pgdeck (ulimit -n, LimitNOFILE in its service), then start it again.',
  },
  ENFILE: {
    code: 'local',
    description: 'was not asked: this host has no file descriptor left',
    hint: 'Find what holds them (fs.file-nr, lsof), or raise fs.file-max.',
  },
  ENOBUFS: { code: 'local', description: 'was not asked: this host has no memory for sockets', hint: OWN_MEMORY },
  ENOMEM: { code: 'local', description: 'was not asked: this host has no memory left', hint: OWN_MEMORY },
  ENOENT: {
    code: 'refused',
    description: 'has no socket there',
    hint: 'Check the folder of the socket and that the service runs.',
  },
  ECONNRESET: {
    code: 'unreachable',
    reason: 'connection-lost',
    description: 'reset the connection',
    hint: 'Check its log; a firewall or a proxy in between may also reset connections.',
  },
  EPIPE: {
    code: 'unreachable',
    reason: 'connection-lost',
    description: 'closed the connection during the request',
    hint: 'Check its log; it may be restarting.',
  },
  ENOTFOUND: {
    code: 'dns',
    description: 'has a name that does not resolve',
    hint: 'Check the spelling, /etc/hosts and the DNS record; an address works without DNS.',
  },
  ENODATA: {
    code: 'dns',
    description: 'has a name without an address',
    hint: 'Check the A and AAAA records of the name.',
  },
  EAI_AGAIN: {
    code: 'dns',
    description: 'has a name that no DNS server answered for',
    hint: 'Check /etc/resolv.conf and the DNS servers of this host; an address works without DNS.',
  },
}
