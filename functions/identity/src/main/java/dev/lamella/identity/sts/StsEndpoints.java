package dev.lamella.identity.sts;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where proofs may be sent: to STS of a region or the global one, or to the one endpoint that is
 * configured, and then to no other.
 *
 * @param configured its scheme, host and port
 */
record StsEndpoints(Optional<String> configured) {
  /** All names below amazonaws.com are AWS's own to give. */
  private static final Pattern AWS =
      Pattern.compile(
          "https://sts(?:\\.((?!cn-)[a-z]{2}(?:-[a-z]{1,12}){1,2}-\\d{1,2}))?\\.amazonaws\\.com"
              + "|https://sts\\.(cn-[a-z]{1,12}-\\d{1,2})\\.amazonaws\\.com\\.cn");

  private static final Pattern ORIGIN = Pattern.compile("https?://[a-z0-9.-]+(:\\d{1,5})?");

  /**
   * @throws IllegalArgumentException where what is configured is no scheme and host
   */
  StsEndpoints {
    configured = configured.map(StsEndpoints::origin);
  }

  private static String origin(String url) {
    String origin = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (!ORIGIN.matcher(origin).matches()) {
      throw new IllegalArgumentException(
          "AWS_ENDPOINT_URL_STS is such as https://sts.example, without a path, unlike " + url);
    }
    return origin;
  }

  /**
   * Whether what is signed for a region may be sent there: each endpoint takes its own region's.
   *
   * @param origin scheme, host and port
   */
  boolean takes(String origin, String region) {
    if (configured.isPresent()) {
      return origin.equals(configured.get());
    }
    Matcher aws = AWS.matcher(origin);
    return aws.matches()
        && region.equals(
            Optional.ofNullable(aws.group(1))
                .or(() -> Optional.ofNullable(aws.group(2)))
                .orElse("us-east-1"));
  }
}
