package dev.lamella.local.gateway;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the template's CloudFront Function does with a request, written again: one table of cases
 * holds both.
 *
 * @param staging what the URL of every place in staging begins with
 */
public record EdgeRule(String staging) {
  /** Bytes of a body: with base64 and the request's headers, they fit into Lambda's 6 MB. */
  static final long LARGEST = 4_500_000;

  /** Bytes of one PUT: S3's limit. */
  private static final long LARGEST_PUT = 5L << 30;

  /**
   * User agents that follow a redirect to no good end: containerd up to 2.1, and Docker up to 28
   * with it inside, miss a header in S3's answer; regclient does not take S3's 200 for an answer,
   * but sends chunks after 413.
   */
  private static final Pattern LOST =
      Pattern.compile("(containerd/(1|2\\.[01])\\.|docker/(1[0-9]|2[0-8])\\.|regclient/).*");

  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");

  /** Never a manifest's path, whatever the image's name: that ends in {@code manifests/x}. */
  private static final Pattern UPLOAD = Pattern.compile("/v2/.+/blobs/uploads(/[^/]*)?");

  private static final String HOST = "x-lamella-host";

  private static final Set<String> WITH_A_BODY = Set.of("POST", "PATCH", "PUT");

  /**
   * What the edge answers by itself; empty where the API answers.
   *
   * @param length of the body, 0 where the request does not say
   * @param agent the User-Agent, empty where the request does not say
   * @param to the query parameter of that name, decoded
   */
  Optional<EdgeAnswer> answer(String method, long length, String agent, Optional<String> to) {
    if (length <= LARGEST) {
      return Optional.empty();
    }
    String size =
        "the body has %d bytes, and this API takes %d in a request: ".formatted(length, LARGEST);
    return Optional.of(
        to.filter(url -> method.equals("PUT") && length <= LARGEST_PUT)
            .filter(_ -> !LOST.matcher(agent).matches())
            .filter(url -> url.startsWith(staging) && PRINTABLE.matcher(url).matches())
            .map(
                url ->
                    EdgeAnswer.redirect(
                        url,
                        size
                            + "send it to the Location of this answer, or push with `lamella push`,"
                            + " which needs no redirect"))
            .orElseGet(
                () ->
                    EdgeAnswer.tooLarge(
                        size
                            + "push with `lamella push`, or with a client that sends smaller"
                            + " chunks")));
  }

  /**
   * The headers that the API gets instead of the client's. The host that the client named, since
   * the API gets a Host of its own. And blobs are bytes: an HTTP API would change one that is sent
   * as text or JSON.
   *
   * @param path as it was sent, without the query
   * @param host as the client named it
   */
  Map<String, String> headers(String method, String path, String host) {
    return WITH_A_BODY.contains(method) && UPLOAD.matcher(path).matches()
        ? Map.of(HOST, host, "content-type", "application/octet-stream")
        : Map.of(HOST, host);
  }

  /**
   * @param json in OCI form
   */
  record EdgeAnswer(int status, Optional<String> location, String json) {
    private static EdgeAnswer redirect(String url, String message) {
      return new EdgeAnswer(307, Optional.of(url), json(message));
    }

    private static EdgeAnswer tooLarge(String message) {
      return new EdgeAnswer(413, Optional.empty(), json(message));
    }

    private static String json(String message) {
      return "{\"errors\":[{\"code\":\"SIZE_INVALID\",\"message\":\"%s\",\"detail\":{\"largest\":%d}}]}"
          .formatted(message, LARGEST);
    }
  }
}
