package dev.lamella.gateway;

import dev.lamella.core.access.Action;

/** What a caller must be allowed for a route to answer. Each route says it. */
public sealed interface Need {
  /** Nothing: whoever asks gets an answer, also who is not signed in. */
  record Nothing() implements Need {}

  /** No right: every caller whom the store knows. */
  record SignIn() implements Need {}

  /** The action on the repository that is the first variable of the path. */
  record OnRepository(Action action) implements Need {}

  /** The action on the repository that the query parameter {@code image} names. */
  record OnImage(Action action) implements Need {}

  record OnStore(Action action) implements Need {}

  /**
   * The action on repositories that the body or a record names, or a list: the use case gets the
   * caller, and looks.
   */
  record InUseCase(Action action) implements Need {}

  /**
   * @throws dev.lamella.core.Refusal {@code UNAUTHORIZED} where the caller is not known and has to
   *     be; {@code DENIED} where it is not allowed what can be told from the call
   */
  default void require(Call call) {
    switch (this) {
      case OnRepository(Action action) -> call.caller().require(action, call.repository());
      case OnImage(Action action) -> call.caller().require(action, call.image());
      case OnStore(Action action) -> call.caller().requireOnStore(action);
      case SignIn _, InUseCase _ -> call.caller().requireKnown();
      case Nothing _ -> {}
    }
  }
}
