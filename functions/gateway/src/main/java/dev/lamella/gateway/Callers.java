package dev.lamella.gateway;

import dev.lamella.core.access.Caller;

/** Finds out who asks. */
@FunctionalInterface
public interface Callers {
  /** Takes everybody alike. */
  Callers OPEN = _ -> Caller.ANYBODY;

  /**
   * @throws dev.lamella.core.Refusal where the call says who asks, and that is not so
   */
  Caller of(Call call);
}
