package dev.lamella.identity.sts;

import dev.lamella.core.port.AwsCallers;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A request for {@code sts:GetCallerIdentity} that somebody signed, to be sent for them: {@code
 * aws1.URL.STORE}, both in base64url. The store's host is a header of it that is signed, too.
 *
 * @param url made anew of what was checked: what is sent is what was read, whatever others would
 *     read in the text
 * @param store the host, with its port if any, of the store that it was made for
 */
record CallerProof(URI url, String store) {
  /** What the store's host is signed as. */
  static final String HEADER = "x-lamella-store";

  private static final int LONGEST = 8 << 10;
  private static final int LONGEST_LIFE_SECONDS = 900;

  /** Clocks may differ by so much. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private static final Pattern URL =
      Pattern.compile("(https?://[a-z0-9.-]+(?::\\d{1,5})?)/\\?([A-Za-z0-9%._~=&-]+)");
  private static final Pattern CREDENTIAL =
      Pattern.compile("[A-Z0-9]{16,128}/\\d{8}/([a-z0-9-]{1,32})/sts/aws4_request");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssX").withZone(ZoneOffset.UTC);
  private static final String TOKEN = "X-Amz-Security-Token";

  /** What a query has to say, all of it, and each once. */
  private static final Map<String, Pattern> QUERY =
      Map.of(
          "Action", Pattern.compile("GetCallerIdentity"),
          "Version", Pattern.compile("2011-06-15"),
          "X-Amz-Algorithm", Pattern.compile("AWS4-HMAC-SHA256"),
          "X-Amz-Credential", CREDENTIAL,
          "X-Amz-Date", Pattern.compile("\\d{8}T\\d{6}Z"),
          "X-Amz-Expires", Pattern.compile("\\d{1,6}"),
          "X-Amz-SignedHeaders", Pattern.compile("host;" + HEADER),
          "X-Amz-Signature", Pattern.compile("[0-9a-f]{64}"));

  /** What it may say beside it: those of a role have one. */
  private static final Pattern TOKENS = Pattern.compile("[A-Za-z0-9+/=_-]{1,6000}");

  /**
   * @param stores hosts that this store has
   * @throws BadProof where it may not be sent: nothing has been asked of anybody then
   */
  static CallerProof parse(String proof, Set<String> stores, StsEndpoints endpoints, Instant now)
      throws BadProof {
    if (proof.length() > LONGEST) {
      throw new BadProof("it has over " + LONGEST + " characters");
    }
    String[] parts = proof.split("\\.", -1);
    if (parts.length != 3 || !(parts[0] + ".").equals(AwsCallers.PREFIX)) {
      throw new BadProof("it is not aws1.URL.STORE");
    }
    String store = decoded(parts[2]);
    if (!stores.contains(store)) {
      throw new BadProof("it was made for another store, or STORE_HOSTS lacks the host it says");
    }
    Matcher url = URL.matcher(decoded(parts[1]));
    if (!url.matches()) {
      throw new BadProof("it is no URL of STS such as clients sign");
    }
    Map<String, String> query = query(url.group(2));
    requireInTime(query, now);
    Matcher credential = CREDENTIAL.matcher(query.getOrDefault("X-Amz-Credential", ""));
    if (!credential.matches() || !endpoints.takes(url.group(1), credential.group(1))) {
      throw new BadProof("it is for another host than STS of the region that it is signed for");
    }
    return new CallerProof(
        URI.create(
            query.entrySet().stream()
                .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&", url.group(1) + "/?", ""))),
        store);
  }

  private static String decoded(String base64) throws BadProof {
    try {
      return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException _) {
      throw new BadProof("a part of it is not in base64url");
    }
  }

  private static Map<String, String> query(String text) throws BadProof {
    Map<String, String> query = new TreeMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = pair.substring(0, Math.max(0, equals));
      Pattern allowed = name.equals(TOKEN) ? TOKENS : QUERY.get(name);
      if (allowed == null) {
        throw new BadProof("its query has a parameter that it should not have");
      }
      if (!allowed.matcher(unescaped(pair.substring(equals + 1))).matches()) {
        throw new BadProof("its query's " + name + " is not as it should be");
      }
      if (query.put(name, unescaped(pair.substring(equals + 1))) != null) {
        throw new BadProof("its query has " + name + " twice");
      }
    }
    if (!query.keySet().containsAll(QUERY.keySet())) {
      throw new BadProof("its query lacks a parameter");
    }
    return query;
  }

  private static void requireInTime(Map<String, String> query, Instant now) throws BadProof {
    int seconds = Integer.parseInt(query.getOrDefault("X-Amz-Expires", "0"));
    if (seconds < 1 || seconds > LONGEST_LIFE_SECONDS) {
      throw new BadProof("it is to be good for other than 1 to " + LONGEST_LIFE_SECONDS + " s");
    }
    Instant made;
    try {
      made = DATE.parse(query.getOrDefault("X-Amz-Date", ""), Instant::from);
    } catch (DateTimeException _) {
      throw new BadProof("its date is none");
    }
    if (made.isAfter(now.plus(AHEAD))) {
      throw new BadProof("it is of the future: the clock here or there is wrong");
    }
    if (!now.isBefore(made.plusSeconds(seconds))) {
      throw new BadProof("it has expired");
    }
  }

  private static String unescaped(String text) throws BadProof {
    try {
      return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException _) {
      throw new BadProof("its query is not escaped as it should be");
    }
  }

  /** Of the characters that values may have, as signatures have it. */
  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.ISO_8859_1);
  }

  /** Who has it can be the caller. */
  @Override
  public String toString() {
    return "a proof for " + store;
  }
}
