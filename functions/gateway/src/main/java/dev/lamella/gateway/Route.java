package dev.lamella.gateway;

import dev.lamella.core.api.AuditAction;
import java.util.Iterator;
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
  private final AuditAction audited;

  private Route(
      String method,
      String template,
      Pattern path,
      Need need,
      Endpoint endpoint,
      AuditAction audited) {
    this.method = method;
    this.template = template;
    this.path = path;
    this.need = need;
    this.endpoint = endpoint;
    this.audited = audited;
  }

  /**
   * @param template a path in which {@code {x}} stands for one segment and {@code {x+}} for several
   */
  public static Route of(String method, String template, Need need, Endpoint endpoint) {
    String pattern =
        template.replaceAll("\\{[a-z]+\\+}", "(.+)").replaceAll("\\{[a-z]+}", "([^/]+)");
    return new Route(method, template, Pattern.compile(pattern), need, endpoint, AuditAction.OTHER);
  }

  /** The same, with lines in the audit trail as {@link AuditAction} says. */
  public Route audited(AuditAction action) {
    return new Route(method, template, path, need, endpoint, action);
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

  /** What the audit trail calls it. */
  public AuditAction audited() {
    return audited;
  }

  /** For the audit trail, what path and query say of a call that matched. */
  void note(Call call) {
    AuditNotes notes = call.notes();
    notes.action(audited);
    Iterator<String> found = call.variables().iterator();
    if (template.contains("{name+}") && found.hasNext()) {
      notes.image(found.next());
    } else {
      call.query("image").ifPresent(notes::image);
    }
    if (found.hasNext()) {
      notes.reference(found.next());
    }
  }

  Answer answer(Call call) {
    need.require(call);
    return endpoint.answer(call);
  }
}
