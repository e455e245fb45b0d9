package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.port.Assemblers;

/**
 * Has no layer assembled: anonymous callers, who could ask for one layer after the other, get what
 * others had assembled.
 */
public final class SignedInOnly implements Assemblers {
  /**
   * @throws Refusal {@code DENIED} always
   */
  @Override
  public void begin(Digest layer) {
    throw new Refusal(
        ErrorCode.DENIED,
        "layer "
            + layer
            + " is in shards, and is put together only for who signs in: sign in, or pull with"
            + " `lamella pull` or through its agent, which take shards");
  }
}
