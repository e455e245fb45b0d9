package dev.lamella.identity.oidc;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where issuers may be: at public addresses. An administrator names issuers, but their documents
 * and the DNS are others', and could lead to what only this function reaches.
 *
 * @param privateHosts hosts that may be at loopback and private addresses as well, in lower case
 */
public record IssuerAddresses(Set<String> privateHosts) {
  /** Of clouds' metadata services, those that are not link-local. */
  private static final Set<String> METADATA =
      Set.of("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");

  public IssuerAddresses {
    privateHosts = Set.copyOf(privateHosts);
  }

  /**
   * @param hosts separated by commas
   */
  public static IssuerAddresses parse(String hosts) {
    return new IssuerAddresses(
        Arrays.stream(hosts.split(",", -1))
            .map(host -> host.strip().toLowerCase(Locale.ROOT))
            .filter(host -> !host.isEmpty())
            .collect(Collectors.toSet()));
  }

  /**
   * @throws IOException where an issuer must not be there
   */
  void require(String host, InetAddress address) throws IOException {
    boolean isNowhere =
        address.isAnyLocalAddress()
            || address.isLinkLocalAddress()
            || address.isMulticastAddress()
            || METADATA.contains(address.getHostAddress());
    boolean isNamed = privateHosts.contains(host.toLowerCase(Locale.ROOT));
    if (isNowhere || (!isNamed && !isPublic(address))) {
      throw new IOException(
          "%s is at %s, which is no public address: name the host in PRIVATE_ISSUERS if it is meant to be"
              .formatted(host, address.getHostAddress()));
    }
  }

  private static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (address instanceof Inet6Address) {
      // Of 2000::/3 not Teredo and other tunnels, nor 6to4, which hold addresses of IPv4.
      boolean isTunnel =
          first == 0x20 && (second == 0x02 || (second == 0x01 && bytes[2] < 2 && bytes[2] >= 0));
      return (first & 0xe0) == 0x20 && !isTunnel;
    }
    return !address.isLoopbackAddress()
        && !address.isSiteLocalAddress()
        && first != 0
        && first < 224
        && !(first == 100 && (second & 0xc0) == 64)
        && !(first == 192 && second == 0 && bytes[2] == 0)
        && !(first == 198 && (second & 0xfe) == 18);
  }
}
