package dev.lamella.gateway;

import dev.lamella.core.api.AuditAction;
import java.util.Optional;

/**
 * What becomes known of a call while it is answered, for the audit trail. The route and the caller
 * say most of it; an endpoint adds what stands in the body alone.
 */
public final class AuditNotes {
  private AuditAction action = AuditAction.OTHER;
  private String account = "nobody";
  private Optional<String> proof = Optional.empty();
  private Optional<String> image = Optional.empty();
  private Optional<String> reference = Optional.empty();
  private Optional<String> detail = Optional.empty();

  /** Who did it, or says to be: a name that no account can have is not repeated. */
  public AuditNotes account(String name) {
    account = name;
    return this;
  }

  /** What somebody signs in with: never the secret itself. */
  public AuditNotes proof(String kind) {
    proof = Optional.of(kind);
    return this;
  }

  public AuditNotes image(String name) {
    image = Optional.of(name);
    return this;
  }

  public AuditNotes reference(String text) {
    reference = Optional.of(text);
    return this;
  }

  public AuditNotes detail(String text) {
    detail = Optional.of(text);
    return this;
  }

  void action(AuditAction known) {
    action = known;
  }

  AuditAction action() {
    return action;
  }

  String account() {
    return account;
  }

  Optional<String> proof() {
    return proof;
  }

  Optional<String> image() {
    return image;
  }

  Optional<String> reference() {
    return reference;
  }

  Optional<String> detail() {
    return detail;
  }
}
