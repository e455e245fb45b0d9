package dev.lamella.gateway;

import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;

/** Finds out who asks. */
@FunctionalInterface
public interface Callers {
  /** Takes everybody alike. */
  Callers OPEN = _ -> Caller.ANYBODY;

  /**
   * @throws dev.lamella.core.Refusal {@code UNAUTHORIZED} where the call says who asks, and that is
   *     not so
   */
  Caller of(Call call);

  /** What a caller is answered who is refused: also how to sign in, where that may help. */
  default Answer refused(Call call, Refusal refusal) {
    return Answer.refusal(refusal);
  }
}
