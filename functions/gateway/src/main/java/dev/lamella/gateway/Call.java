package dev.lamella.gateway;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request as an endpoint sees it.
 *
 * @param method in upper case
 * @param path without the API's stage, percent-decoded
 * @param variables what the route's pattern found in the path, in order
 * @param stage what stands before the path in a URL of this API, such as {@code /live}; empty where
 *     nothing does
 * @param query each parameter's values, in order
 * @param caller who asks
 * @param notes for the audit trail; the same of all copies of a call
 */
public record Call(
    String method,
    String path,
    List<String> variables,
    String stage,
    Map<String, List<String>> query,
    Map<String, String> headers,
    Body body,
    Caller caller,
    AuditNotes notes) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,255}");

  /** A call of which nothing is noted yet. */
  public Call(
      String method,
      String path,
      List<String> variables,
      String stage,
      Map<String, List<String>> query,
      Map<String, String> headers,
      Body body,
      Caller caller) {
    this(method, path, variables, stage, query, headers, body, caller, new AuditNotes());
  }

  Call with(List<String> found) {
    return new Call(method, path, found, stage, query, headers, body, caller, notes);
  }

  Call with(Body other) {
    return new Call(method, path, variables, stage, query, headers, other, caller, notes);
  }

  Call by(Caller known) {
    return new Call(method, path, variables, stage, query, headers, body, known, notes);
  }

  /** That the path is about: its first variable. */
  public RepositoryName repository() {
    return new RepositoryName(variables.getFirst());
  }

  /**
   * That the query is about.
   *
   * @throws Refusal {@code REQUEST_INVALID} where it does not say so
   */
  public RepositoryName image() {
    return query("image")
        .map(RepositoryName::new)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.REQUEST_INVALID,
                    "query parameter 'image' is missing: the image through which the layer is"
                        + " read"));
  }

  public String variable(int number) {
    return variables.get(number);
  }

  /** The last one of that name. */
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name))
        .filter(values -> !values.isEmpty())
        .map(List::getLast);
  }

  /** All of that name, in order. */
  public List<String> queries(String name) {
    return query.getOrDefault(name, List.of());
  }

  /**
   * A query parameter that counts, or else {@code absent}.
   *
   * @throws Refusal {@code REQUEST_INVALID} for anything but a whole number from 0 to 2,147,483,647
   */
  public int queryNumber(String name, int absent) {
    String text = query(name).orElse(Integer.toString(absent));
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Refused below, as a negative number is.
    }
    throw new Refusal(
        ErrorCode.REQUEST_INVALID,
        "query parameter '" + name + "' is not a whole number from 0 on");
  }

  /**
   * A query parameter that says how much is wanted at most, or else {@code most}, also where it is
   * empty or more than that.
   *
   * @throws Refusal {@code REQUEST_INVALID} for anything but digits
   */
  public int queryLimit(String name, int most) {
    String text = query(name).orElse("");
    if (text.isEmpty() || (text.length() > 9 && text.chars().allMatch(c -> c >= '0' && c <= '9'))) {
      return most;
    }
    return Math.min(most, queryNumber(name));
  }

  /** The same, or else 0. */
  public int queryNumber(String name) {
    return queryNumber(name, 0);
  }

  /** The first header of that name, in whatever case it was sent. */
  public Optional<String> header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Scheme and host by which the caller reached the store, as it says; the edge, which the API's
   * own host is behind, says it too.
   *
   * @throws Refusal {@code REQUEST_INVALID} where that is no host
   */
  public String origin() {
    String host = header("X-Lamella-Host").or(() -> header("Host")).orElse("");
    if (!HOST.matcher(host).matches()) {
      throw new Refusal(ErrorCode.REQUEST_INVALID, "the header Host is missing, or names no host");
    }
    boolean isPlain = header("X-Forwarded-Proto").filter("http"::equals).isPresent();
    return (isPlain ? "http://" : "https://") + host;
  }

  /** What {@code Content-Type} says, without its parameters; empty where it is absent. */
  public String contentType() {
    return header("Content-Type").orElse("").split(";", 2)[0].strip();
  }

  /**
   * Where the client finds the page after this one.
   *
   * @param kept query parameters that stay as they are, where they are given
   */
  public String nextPage(String last, String... kept) {
    StringBuilder url = new StringBuilder(stage + path + "?last=" + encoded(last));
    for (String name : kept) {
      query(name)
          .ifPresent(value -> url.append('&').append(name).append('=').append(encoded(value)));
    }
    return url.toString();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Without headers, query and body: they may have secrets. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
