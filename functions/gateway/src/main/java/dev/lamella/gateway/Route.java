package dev.lamella.gateway;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A method and a pattern of paths, and what answers there. */
public final class Route {
  private final String method;
  private final String template;
  private final Pattern path;
  private final Need need;
  private final Endpoint endpoint;

  private Route(String method, String template, Pattern path, Need need, Endpoint endpoint) {
    this.method = method;
    this.template = template;
    this.path = path;
    this.need = need;
    this.endpoint = endpoint;
  }

  /**
   * @param template a path in which {@code {x}} stands for one segment and {@code {x+}} for several
   */
  public static Route of(String method, String template, Need need, Endpoint endpoint) {
    String pattern =
        template.replaceAll("\\{[a-z]+\\+}", "(.+)").replaceAll("\\{[a-z]+}", "([^/]+)");
    return new Route(method, template, Pattern.compile(pattern), need, endpoint);
  }

  /** A path of the other side: known, but no method that comes here is supported. */
  public static Route elsewhere(String template) {
    return of(
        "",
        template,
        new Need.Nothing(),
        call -> {
          throw new IllegalStateException(call.path() + " has no method here");
        });
  }

  boolean takes(Call call) {
    return method.equals(call.method()) || (method.equals("GET") && call.method().equals("HEAD"));
  }

  Optional<Call> match(Call call) {
    Matcher matcher = path.matcher(call.path());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<String> found =
        IntStream.rangeClosed(1, matcher.groupCount()).mapToObj(matcher::group).toList();
    return Optional.of(call.with(found));
  }

  /** In upper case; empty where the other side has all methods of the path. */
  public String method() {
    return method;
  }

  /** The path as {@link #of} was given it. */
  public String template() {
    return template;
  }

  /** What a caller must be allowed. */
  public Need need() {
    return need;
  }

  Answer answer(Call call) {
    need.require(call);
    return endpoint.answer(call);
  }
}
