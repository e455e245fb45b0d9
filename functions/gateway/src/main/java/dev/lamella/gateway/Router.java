package dev.lamella.gateway;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import java.util.List;
import java.util.Optional;

/** Finds the route of a call, holds the caller to what it needs, and has it answered. */
public final class Router {
  private final List<Route> routes;
  private final Callers callers;

  public Router(List<Route> routes, Callers callers) {
    this.routes = List.copyOf(routes);
    this.callers = callers;
  }

  /**
   * What is refused is an answer, too.
   *
   * @throws Refusal {@code ROUTE_UNKNOWN}; {@code UNSUPPORTED} where the path takes other methods
   */
  public Answer answer(Call call) {
    boolean isKnown = false;
    for (Route route : routes) {
      Optional<Call> matched = route.match(call);
      if (matched.isEmpty()) {
        continue;
      }
      if (route.takes(call)) {
        return answer(route, matched.get());
      }
      isKnown = true;
    }
    if (isKnown) {
      throw new Refusal(ErrorCode.UNSUPPORTED, call.method() + " is not supported for this path");
    }
    throw new Refusal(ErrorCode.ROUTE_UNKNOWN, "there is nothing at this path");
  }

  private Answer answer(Route route, Call call) {
    route.note(call);
    try {
      if (route.need() instanceof Need.Nothing) {
        return route.answer(call);
      }
      Caller caller = callers.of(call);
      call.notes().account(caller.name());
      return route.answer(call.by(caller));
    } catch (Refusal refusal) {
      return callers.refused(call, refusal);
    }
  }
}
