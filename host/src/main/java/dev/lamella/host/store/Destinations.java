package dev.lamella.host.store;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a store may send this host, and with which headers. Storage servers are other hosts than
 * the store by nature, so what it names is bounded by what the store is itself:
 *
 * <ul>
 *   <li>http or https, and https alone where the store is https; no user in it;
 *   <li>never an address that no storage server has ({@link Reach#NOBODY}), unless it is the
 *       store's own;
 *   <li>an address of this machine or of a private network only where the store's address is of
 *       that kind or a narrower one, or where the user named the host ({@code
 *       LAMELLA_STORAGE_HOSTS});
 *   <li>no header but those that presigned requests have, in all at most 8 KiB.
 * </ul>
 *
 * <p>Names are looked up at each request; the JDK then connects to what it looked up, for as long
 * as it keeps that (30 s). Through a proxy, names are the proxy's to look up. Thread-safe.
 */
final class Destinations {
  private static final int LONGEST_HEADERS = 8 << 10;

  private static final Set<String> HEADERS =
      Set.of(
          "content-length",
          "content-md5",
          "content-type",
          "if-none-match",
          "x-amz-content-sha256",
          "x-amz-sdk-checksum-algorithm");

  private static final List<String> KINDS_OF_HEADERS =
      List.of("x-amz-checksum-", "x-amz-meta-", "x-amz-server-side-encryption");

  private final URI store;
  private final Set<InetAddress> own;
  private final Reach reach;
  private final Set<String> named;

  /**
   * @param named hosts that may be at any private address; those below them as well
   */
  Destinations(URI store, Set<String> named) {
    this.store = store;
    this.named = Set.copyOf(named);
    this.own = Set.copyOf(addresses(store));
    this.reach = own.stream().map(Reach::of).min(Reach::compareTo).orElse(Reach.PUBLIC);
  }

  /** With the hosts that {@code LAMELLA_STORAGE_HOSTS} names, separated by commas. */
  static Destinations of(URI store, Map<String, String> environment) {
    return new Destinations(
        store,
        Stream.of(environment.getOrDefault("LAMELLA_STORAGE_HOSTS", "").split(",", -1))
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toSet()));
  }

  /**
   * @throws HostFailure {@code REFUSED} where the store must not send us there
   * @throws UnknownHostException where the host's name has no address
   */
  void require(URI url, Map<String, String> headers) throws UnknownHostException {
    String scheme = scheme(url);
    if (!Set.of("http", "https").contains(scheme) || url.getHost() == null) {
      throw refused(url, "is not http or https");
    }
    if (url.getRawUserInfo() != null) {
      throw refused(url, "has a user in it");
    }
    if (scheme.equals("http") && scheme(store).equals("https")) {
      throw refused(url, "is not https, as the store is");
    }
    headers.forEach((name, _) -> require(url, name));
    if (headers.entrySet().stream().mapToInt(Destinations::length).sum() > LONGEST_HEADERS) {
      throw refused(url, "has over " + LONGEST_HEADERS + " bytes of headers");
    }
    Set<InetAddress> addresses = addresses(url);
    if (addresses.isEmpty() && !isProxied(url)) {
      throw new UnknownHostException(url.getHost());
    }
    addresses.forEach(address -> require(url, address));
  }

  private static void require(URI url, String header) {
    String name = header.toLowerCase(Locale.ROOT);
    if (!HEADERS.contains(name) && KINDS_OF_HEADERS.stream().noneMatch(name::startsWith)) {
      throw refused(url, "has the header " + name + ", which no part or shard needs");
    }
  }

  private void require(URI url, InetAddress address) {
    Reach wanted = Reach.of(address);
    if (own.contains(address) || (wanted.compareTo(reach) <= 0 && wanted != Reach.NOBODY)) {
      return;
    }
    if (wanted == Reach.NOBODY) {
      throw refused(url, "is at " + address.getHostAddress() + ", which is no storage server's");
    }
    if (!isNamed(url.getHost().toLowerCase(Locale.ROOT))) {
      throw refused(
          url,
          "is at %s, %s, where the store is not: if it is meant to be, name its host in %s"
              .formatted(
                  address.getHostAddress(),
                  wanted == Reach.LOOPBACK ? "on this machine" : "in a private network",
                  "LAMELLA_STORAGE_HOSTS"));
    }
  }

  private boolean isNamed(String host) {
    return named.stream().anyMatch(name -> host.equals(name) || host.endsWith("." + name));
  }

  private static int length(Map.Entry<String, String> header) {
    return header.getKey().length() + header.getValue().length();
  }

  /** None where they are not ours to know. */
  private static Set<InetAddress> addresses(URI url) {
    String host = url.getHost();
    try {
      return isProxied(url)
          ? Set.of(InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")))
          : Set.copyOf(List.of(InetAddress.getAllByName(host)));
    } catch (UnknownHostException | IllegalArgumentException _) {
      return Set.of();
    }
  }

  private static boolean isProxied(URI url) {
    return Optional.ofNullable(ProxySelector.getDefault()).stream()
        .flatMap(selector -> selector.select(url).stream())
        .anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }

  private static String scheme(URI url) {
    return String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static HostFailure refused(URI url, String why) {
    String host = url.getHost() == null ? "" : "//" + url.getHost();
    return new HostFailure(
        ExitCode.REFUSED,
        "the store names %s:%s for parts or shards, which %s: nothing is sent there"
            .formatted(scheme(url), host, why));
  }
}
