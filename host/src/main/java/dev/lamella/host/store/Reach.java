package dev.lamella.host.store;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/** How far around an address is known, from everywhere to nowhere that a store may name. */
enum Reach {
  /** Everywhere. */
  PUBLIC,
  /** In a private network: RFC 1918, RFC 6598, RFC 4193. */
  PRIVATE,
  /** On this machine alone. */
  LOOPBACK,
  /** No storage server's: link-local, multicast, unspecified, or a cloud's metadata service. */
  NOBODY;

  /** Those that are not link-local: Alibaba's, Azure's, Oracle's, and AWS's in IPv6. */
  private static final Set<String> METADATA =
      Set.of("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");

  static Reach of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet6Address v6 && !v6.isLoopbackAddress() && !v6.isAnyLocalAddress()) {
      int embedded = embedded(bytes);
      if (embedded >= 0) {
        return of(v4(bytes, embedded));
      }
    }
    if (address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address.getHostAddress())) {
      return NOBODY;
    }
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    int first = bytes[0] & 0xff;
    if (bytes.length == 4) {
      boolean isShared = first == 100 && (bytes[1] & 0xc0) == 64;
      boolean isNone = first == 0 || first >= 240;
      return isNone ? NOBODY : address.isSiteLocalAddress() || isShared ? PRIVATE : PUBLIC;
    }
    return address.isSiteLocalAddress() || (first & 0xfe) == 0xfc ? PRIVATE : PUBLIC;
  }

  /** Where an address of IPv6 holds one of IPv4 that packets may go to: ::/96, NAT64, 6to4. */
  private static int embedded(byte[] bytes) {
    byte[] head = Arrays.copyOf(bytes, 12);
    byte[] nat64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    if (Arrays.equals(head, nat64) || Arrays.equals(head, new byte[12])) {
      return 12;
    }
    return bytes[0] == 0x20 && bytes[1] == 0x02 ? 2 : -1;
  }

  private static InetAddress v4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
