package dev.lamella.core.api;

import static dev.lamella.core.Quoted.line;

import java.time.Instant;
import java.util.Optional;

/**
 * What somebody did at the store, or was refused. None of the texts holds a secret, a token or a
 * URL, and each is bounded; they may hold whatever a caller wrote.
 *
 * @param time when it was answered
 * @param action as {@link AuditAction#text} has it; text, since a newer store may have others
 * @param account who did it; of a sign-in that failed, who it said it was. {@code anybody} where
 *     the store does not ask, {@code nobody} where no token was good
 * @param proof what was signed in with
 * @param image the repository
 * @param reference what of it: a tag, a digest, an upload; or the account that was changed
 * @param digest of the manifest or the blob, where the answer names it
 * @param detail how an account was changed
 * @param status of the answer
 * @param bytes of the manifest that was put or given
 * @param source address that the call came from, as API Gateway saw it
 * @param agent what the caller says it is
 * @param request id of the call, which the function's other lines of the log have, too
 */
public record AuditEvent(
    Instant time,
    String action,
    String account,
    Optional<String> proof,
    Optional<String> image,
    Optional<String> reference,
    Optional<String> digest,
    Optional<String> detail,
    int status,
    Optional<Long> bytes,
    String source,
    String agent,
    String request) {
  /** Characters of any text but {@code detail}. */
  public static final int LONGEST = 255;

  /** Characters of {@code detail}: an account's grants are seen whole. */
  public static final int LONGEST_DETAIL = 2_000;

  public AuditEvent {
    action = line(action, LONGEST);
    account = line(account, LONGEST);
    proof = proof.map(text -> line(text, LONGEST));
    image = image.map(text -> line(text, LONGEST));
    reference = reference.map(text -> line(text, LONGEST));
    digest = digest.map(text -> line(text, LONGEST));
    detail = detail.map(text -> line(text, LONGEST_DETAIL));
    source = line(source, LONGEST);
    agent = line(agent, LONGEST);
    request = line(request, LONGEST);
  }

  /**
   * A line of a function's log: no other line has a field of that name.
   *
   * @param audit what happened
   */
  public record Line(AuditEvent audit) {}
}
